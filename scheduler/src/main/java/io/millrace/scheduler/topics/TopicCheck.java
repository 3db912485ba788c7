package io.millrace.scheduler.topics;

import io.millrace.events.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;

/**
 * Looks at every topic before anything is read: a wrong policy or time stamp would lose or reorder
 * what the engine rests on, silently and late. What is missing is created where that is allowed.
 */
final class TopicCheck {
  private static final long VISIBLE_SECONDS = 15;

  private final Admin admin;
  private final String prefix;
  private final int partitionsOfNew;
  private final boolean create;
  private final List<String> problems = new ArrayList<>();

  TopicCheck(Admin admin, String prefix, int partitionsOfNew, boolean create) {
    this.admin = admin;
    this.prefix = prefix;
    this.partitionsOfNew = partitionsOfNew;
    this.create = create;
  }

  /**
   * @return the topics, with the partition count that they really have
   * @throws WrongTopicsException with everything that is wrong
   */
  Topics run() throws ExecutionException, InterruptedException {
    Topics wanted = new Topics(prefix, partitionsOfNew);
    Map<String, TopicDescription> there = describe(wanted);
    TopicDescription commands = there.get(wanted.commands());
    Topics topics =
        new Topics(prefix, commands == null ? partitionsOfNew : commands.partitions().size());
    List<Topics.Spec> missing =
        topics.specs().stream().filter(spec -> !there.containsKey(spec.name())).toList();
    if (create) {
      create(missing);
      if (problems.isEmpty()) {
        awaitVisible(admin, missing.stream().map(Topics.Spec::name).toList());
      }
    } else {
      missing.forEach(
          spec ->
              problems.add(
                  "topic %s is missing; create it with %d partitions and %s, or set millrace.topics.create=true"
                      .formatted(spec.name(), spec.partitions(), spec.config())));
    }
    check(topics, there);
    if (!problems.isEmpty()) {
      throw new WrongTopicsException(problems);
    }
    return topics;
  }

  private Map<String, TopicDescription> describe(Topics topics)
      throws ExecutionException, InterruptedException {
    var there = new HashMap<String, TopicDescription>();
    var names = new ArrayList<>(topics.specs().stream().map(Topics.Spec::name).toList());
    names.retainAll(admin.listTopics().names().get());
    there.putAll(admin.describeTopics(names).allTopicNames().get());
    return there;
  }

  private void create(List<Topics.Spec> missing) throws ExecutionException, InterruptedException {
    for (Topics.Spec spec : missing) {
      var topic =
          new NewTopic(spec.name(), Optional.of(spec.partitions()), Optional.empty())
              .configs(spec.config());
      try {
        admin.createTopics(List.of(topic)).all().get();
      } catch (ExecutionException failed) {
        // Another replica that starts at the same time may have been first.
        if (!(failed.getCause() instanceof TopicExistsException)) {
          problems.add(
              "topic %s is missing and cannot be created: %s"
                  .formatted(spec.name(), failed.getCause().getMessage()));
        }
      }
    }
  }

  /** A broker answers for new topics only when it has heard of them from the controller. */
  static void awaitVisible(Admin admin, List<String> names)
      throws ExecutionException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(VISIBLE_SECONDS);
    while (!admin.listTopics().names().get().containsAll(names)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "topics %s were created and are not visible after %d s; is the broker in trouble?"
                .formatted(names, VISIBLE_SECONDS));
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private void check(Topics topics, Map<String, TopicDescription> there)
      throws ExecutionException, InterruptedException {
    List<ConfigResource> resources =
        there.keySet().stream()
            .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
            .toList();
    Map<ConfigResource, Config> configs = admin.describeConfigs(resources).all().get();
    for (Topics.Spec spec : topics.specs()) {
      TopicDescription topic = there.get(spec.name());
      if (topic != null) {
        check(spec, topic, configs.get(new ConfigResource(ConfigResource.Type.TOPIC, spec.name())));
      }
    }
  }

  private void check(Topics.Spec spec, TopicDescription topic, Config config) {
    if (topic.partitions().size() != spec.partitions()) {
      problems.add(
          "topic %s has %d partitions, expected %d: the topics that go by run have as many as %smillrace.commands; create it anew"
              .formatted(spec.name(), topic.partitions().size(), spec.partitions(), prefix));
    }
    spec.config().forEach((name, value) -> check(spec.name(), config, name, value));
    int replicas = topic.partitions().getFirst().replicas().size();
    if (replicas >= 3 && number(config, "min.insync.replicas") < 2) {
      problems.add(
          "topic %s has %d replicas and min.insync.replicas=%s; set it to 2, or an acknowledged record can be lost with one broker"
              .formatted(spec.name(), replicas, value(config, "min.insync.replicas")));
    }
    if ("true".equals(value(config, "unclean.leader.election.enable"))) {
      problems.add(
          "topic %s has unclean.leader.election.enable=true; set it to false, or acknowledged records can be lost"
              .formatted(spec.name()));
    }
  }

  private void check(String topic, Config config, String name, String expected) {
    String found = value(config, name);
    boolean right =
        switch (name) {
          case "retention.ms" -> number(config, name) < 0 || atLeast(config, name, expected);
          default -> expected.equals(found);
        };
    if (!right) {
      problems.add(
          "topic %s has %s=%s, expected %s; change it with kafka-configs --alter --topic %s --add-config %s=%s"
              .formatted(topic, name, found, expected, topic, name, expected));
    }
  }

  private static boolean atLeast(Config config, String name, String expected) {
    return number(config, name) >= Long.parseLong(expected);
  }

  private static long number(Config config, String name) {
    String value = value(config, name);
    return value == null ? 0 : Long.parseLong(value);
  }

  private static String value(Config config, String name) {
    return config.get(name) == null ? null : config.get(name).value();
  }
}
