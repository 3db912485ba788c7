package io.millrace.it;

import static io.millrace.it.Installation.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.events.RunId;
import io.millrace.events.Topics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * A broker with TLS, SASL and exactly the ACLs of the manifest, a user for each role: what a role
 * needs it may do, and nothing else.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaSecurityIT {
  private static final Path HOME = Path.of(System.getProperty("millrace.home"));
  private static final String SCHEDULER = "millrace-scheduler";
  private static final String WATCHER = "millrace-watcher";
  private static final String API = "millrace-api";
  private static final String PUBLISHER = "millrace-publisher";
  private static final String READER = "millrace-reader";
  private static final Topics TOPICS = new Topics("", 3);

  /** What each reads, by the rest of the topic's name. */
  private static final Map<String, Set<String>> READS =
      Map.of(
          SCHEDULER,
              Set.of(
                  "run-requests",
                  "trigger-events",
                  "flows",
                  "commands",
                  "orders",
                  "state",
                  "events",
                  "owners"),
          WATCHER, Set.of("flows", "state"),
          API, Set.of("flows", "state", "events"),
          PUBLISHER, Set.of(),
          READER, Set.of("events"));

  private static final Map<String, Set<String>> WRITES =
      Map.of(
          SCHEDULER,
              Set.of(
                  "commands",
                  "orders",
                  "state",
                  "events",
                  "dead-letters",
                  "owners",
                  "run-requests"),
          WATCHER, Set.of("commands"),
          API, Set.of("flows", "run-requests", "trigger-events", "commands"),
          PUBLISHER, Set.of("run-requests", "trigger-events"),
          READER, Set.of());

  private static final String FLOW =
      """
      name: secured
      steps:
        - {name: start, container: {command: ["true"]}, next: {foreach: each, items: [1, 2]}}
        - {name: each, container: {command: ["true"]}, next: done}
        - {name: done, join: true, container: {command: ["true"]}}
      """;

  private Path data;
  private SecuredBroker broker;
  private Installation installation;

  @BeforeAll
  void install(@TempDir Path folder) throws Exception {
    data = folder;
    broker = new SecuredBroker(folder, StrimziUsers.names());
    installation =
        new Installation(
            folder.resolve("data"),
            new Installation.Access(
                List.of("--broker-settings", broker.settings().toString()),
                broker.client(PUBLISHER),
                broker.client(READER)));
    try (Admin admin = Admin.create(client(SecuredBroker.ADMIN))) {
      admin
          .createTopics(
              TOPICS.specs().stream()
                  .map(s -> new NewTopic(s.name(), s.partitions(), (short) 1).configs(s.config()))
                  .toList())
          .all()
          .get();
      admin.createAcls(StrimziUsers.acls()).all().get();
    }
    start("scheduler", SCHEDULER);
    start("watcher", WATCHER);
    start("api", API);
  }

  @AfterAll
  void remove() {
    if (installation != null) {
      installation.close();
    }
  }

  private void start(String role, String user) {
    var settings = new ArrayList<>(broker.settingsOf(user));
    settings.add("millrace.roles=" + role);
    settings.add("millrace.topics.create=false");
    if (role.equals("api")) {
      settings.add("millrace.metadata.enabled=true");
      settings.add("millrace.metadata.folder=" + data.resolve("metadata"));
    }
    installation.start(role, settings.toArray(String[]::new));
  }

  private Map<String, Object> client(String user) {
    var all = new HashMap<>(broker.client(user));
    all.put("bootstrap.servers", installation.brokers());
    return all;
  }

  @Test
  void rolesInThreeProcessesRunAFlow() throws Exception {
    assertThat(installation.post("api", "/api/v1/flows", FLOW).statusCode()).isEqualTo(201);

    RunId published = installation.publish("by-event", "secured", Map.of());
    assertThat(await(installation.events().end(published))).isEqualTo("succeeded");

    var answer =
        installation.post("api", "/api/v1/runs", "{\"flow\": \"secured\", \"run\": \"by-api\"}");
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 299);
    assertThat(await(installation.events().end(RunId.of("by-api")))).isEqualTo("succeeded");
    assertThat(installation.get("api", "/api/v1/runs/by-api").body()).contains("succeeded");

    Eventually.answers(
        () -> installation.get("api", "/api/v1/history/runs/by-api"), "\"state\":\"succeeded\"");

    commandLine(
        "run",
        "secured",
        "--run",
        "by-cli",
        "--brokers",
        installation.brokers(),
        "--kafka-config",
        broker.fileOf(PUBLISHER).toString());
    assertThat(await(installation.events().end(RunId.of("by-cli")))).isEqualTo("succeeded");

    Audit.assertClean(
        installation.brokers(), "--kafka-config", broker.fileOf(SCHEDULER).toString());
  }

  private void commandLine(String... arguments) throws Exception {
    var command = new ArrayList<String>();
    command.add(HOME.resolve("millrace").toString());
    command.addAll(List.of(arguments));
    Path said = Files.createTempFile("said", ".txt");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().put("MILLRACE_API", installation.api("api"));
    Process process = builder.start();
    await(process.onExit());
    assertThat(process.exitValue()).as(Files.readString(said)).isZero();
    Files.delete(said);
  }

  @Test
  void everyUserOfTheManifestIsKnownHere() throws Exception {
    assertThat(StrimziUsers.names()).containsExactlyInAnyOrderElementsOf(READS.keySet());
  }

  /** The broker's own account of what each may do with each topic. */
  @Test
  void topicsAreOpenToThoseWhoNeedThem() throws Exception {
    for (String user : READS.keySet()) {
      var reads = new TreeSet<String>();
      var writes = new TreeSet<String>();
      try (Admin admin = Admin.create(client(user))) {
        for (Topics.Spec topic : TOPICS.specs()) {
          Set<AclOperation> allowed = allowed(admin, topic.name());
          String name = topic.name().substring("millrace.".length());
          if (allowed.contains(AclOperation.READ)) {
            reads.add(name);
          }
          if (allowed.contains(AclOperation.WRITE)) {
            writes.add(name);
          }
          assertThat(allowed)
              .as("%s of %s", user, name)
              .doesNotContain(AclOperation.DELETE, AclOperation.ALTER, AclOperation.ALTER_CONFIGS);
        }
      }
      assertThat(reads).as("reads of " + user).isEqualTo(new TreeSet<>(READS.get(user)));
      assertThat(writes).as("writes of " + user).isEqualTo(new TreeSet<>(WRITES.get(user)));
    }
  }

  private static Set<AclOperation> allowed(Admin admin, String topic) throws Exception {
    try {
      return admin
          .describeTopics(
              List.of(topic), new DescribeTopicsOptions().includeAuthorizedOperations(true))
          .allTopicNames()
          .get()
          .get(topic)
          .authorizedOperations();
    } catch (ExecutionException refused) {
      assertThat(refused).hasCauseInstanceOf(TopicAuthorizationException.class);
      return Set.of();
    }
  }

  @Test
  void writesThatARoleDoesNotNeedAreRefused() {
    for (String user : READS.keySet()) {
      try (var producer = producer(user, Map.of("max.block.ms", 10_000))) {
        for (Topics.Spec topic : TOPICS.specs()) {
          if (!WRITES.get(user).contains(topic.name().substring("millrace.".length()))) {
            assertThatThrownBy(
                    () -> producer.send(new ProducerRecord<>(topic.name(), new byte[0])).get())
                .as("%s writes %s", user, topic.name())
                .hasCauseInstanceOf(AuthorizationException.class);
          }
        }
      }
    }
  }

  @Test
  void readsThatARoleDoesNotNeedAreRefused() {
    for (String user : List.of(WATCHER, API, PUBLISHER, READER)) {
      for (String topic : List.of(TOPICS.commands(), TOPICS.orders(), TOPICS.runRequests())) {
        try (var consumer = consumer(user, Map.of())) {
          consumer.assign(List.of(new org.apache.kafka.common.TopicPartition(topic, 0)));
          assertThatThrownBy(
                  () -> {
                    consumer.seek(consumer.assignment().iterator().next(), 0);
                    consumer.poll(Duration.ofSeconds(20));
                  })
              .as("%s reads %s", user, topic)
              .isInstanceOf(TopicAuthorizationException.class);
        }
      }
    }
  }

  /** Whoever joins the launcher's group is given orders, and then nobody carries them out. */
  @Test
  void groupsAreTheSchedulersAlone() {
    for (String user : List.of(WATCHER, API, PUBLISHER, READER)) {
      try (var consumer = consumer(user, Map.of("group.id", "millrace-launcher"))) {
        consumer.subscribe(List.of(TOPICS.events()));
        assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(20)))
            .as(user)
            .isInstanceOfAny(GroupAuthorizationException.class, TopicAuthorizationException.class);
      }
    }
  }

  /** Whoever has a partition's transactional id fences its owner. */
  @Test
  void nobodyElseFencesAPartition() {
    for (String user : List.of(WATCHER, API, PUBLISHER, READER)) {
      var settings = Map.<String, Object>of("transactional.id", "millrace.commands-0");
      try (var producer = producer(user, settings)) {
        assertThatThrownBy(producer::initTransactions)
            .as(user)
            .isInstanceOf(TransactionalIdAuthorizationException.class);
      }
    }
  }

  @Test
  void strangersAreRefused() {
    var wrongPassword = new HashMap<>(client(API));
    wrongPassword.putAll(broker.client(API, WATCHER));
    refused(wrongPassword, SaslAuthenticationException.class);

    var doesNotTrust = new HashMap<>(client(API));
    doesNotTrust.remove("ssl.truststore.type");
    doesNotTrust.remove("ssl.truststore.location");
    refused(doesNotTrust, SslAuthenticationException.class);
  }

  private static void refused(Map<String, Object> settings, Class<? extends Throwable> why) {
    try (Admin admin = Admin.create(settings)) {
      assertThatThrownBy(() -> admin.listTopics().names().get()).hasCauseInstanceOf(why);
    }
  }

  private KafkaProducer<byte[], byte[]> producer(String user, Map<String, Object> more) {
    var settings = client(user);
    settings.putAll(more);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private KafkaConsumer<byte[], byte[]> consumer(String user, Map<String, Object> more) {
    var settings = client(user);
    settings.putAll(more);
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
