package io.millrace.scheduler.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.events.Topics;
import io.millrace.local.ChildJvm;
import io.millrace.local.PartsMain;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a real broker: what is created, and what is refused in which words. */
class TopicCheckIT {
  private static ChildJvm parts;
  private static Admin admin;

  @BeforeAll
  static void start(@TempDir Path folder) {
    Path jar = Path.of(System.getProperty("millrace.home"), "local/target/millrace-local.jar");
    parts =
        ChildJvm.main(jar.toString(), PartsMain.class.getName())
            .jvmOptions("-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
            .arguments("--data", folder.toString(), "--with-parent")
            .output(line -> {})
            .start();
    String brokers = parts.ready().join().address("broker");
    admin = Admin.create(Map.of("bootstrap.servers", brokers));
  }

  @AfterAll
  static void stop() {
    admin.close();
    parts.kill();
  }

  private static void create(Topics topics, Topics.Spec... instead) throws Exception {
    var specs = new HashMap<String, Topics.Spec>();
    topics.specs().forEach(spec -> specs.put(spec.name(), spec));
    for (Topics.Spec spec : instead) {
      specs.put(spec.name(), spec);
    }
    List<NewTopic> all =
        specs.values().stream()
            .map(s -> new NewTopic(s.name(), s.partitions(), (short) 1).configs(s.config()))
            .toList();
    admin.createTopics(all).all().get();
    TopicCheck.awaitVisible(admin, List.copyOf(specs.keySet()));
  }

  @Test
  void whatIsMissingIsCreatedAndFoundRightTheNextTime() throws Exception {
    Topics created = new TopicCheck(admin, "new.", 4, true).run();
    assertThat(created).isEqualTo(new Topics("new.", 4));

    // Topics that exist keep their partition count, whatever new ones would get.
    assertThat(new TopicCheck(admin, "new.", 9, false).run()).isEqualTo(new Topics("new.", 4));
  }

  @Test
  void whatIsMissingAndMayNotBeCreatedIsNamedWithAllThatItNeeds() {
    assertThatThrownBy(() -> new TopicCheck(admin, "none.", 2, false).run())
        .isInstanceOf(WrongTopicsException.class)
        .hasMessageContaining("none.millrace.commands is missing")
        .hasMessageContaining("2 partitions")
        .hasMessageContaining("LogAppendTime")
        .hasMessageContaining("none.millrace.state is missing")
        .hasMessageContaining("millrace.topics.create=true");
  }

  @Test
  void everythingThatIsWrongIsSaidAtOnce() throws Exception {
    var topics = new Topics("bad.", 2);
    create(
        topics,
        new Topics.Spec(topics.orders(), 3, Map.of()),
        new Topics.Spec(topics.state(), 2, Map.of("cleanup.policy", "delete")),
        new Topics.Spec(
            topics.commands(),
            2,
            Map.of(
                "message.timestamp.type", "CreateTime",
                "retention.ms", "1000",
                "max.message.bytes", "2097152",
                "unclean.leader.election.enable", "true")));

    assertThatThrownBy(() -> new TopicCheck(admin, "bad.", 2, true).run())
        .hasMessageContaining("bad.millrace.orders has 3 partitions, expected 2")
        .hasMessageContaining("bad.millrace.state has cleanup.policy=delete, expected compact")
        .hasMessageContaining("bad.millrace.commands has message.timestamp.type=CreateTime")
        .hasMessageContaining("bad.millrace.commands has retention.ms=1000")
        .hasMessageContaining("kafka-configs --alter --topic bad.millrace.commands")
        .hasMessageContaining("unclean.leader.election.enable=true");
  }

  @Test
  void longerKeepingIsNoMistake() throws Exception {
    var topics = new Topics("long.", 2);
    var longer = new HashMap<>(topics.specs().get(3).config());
    longer.put("retention.ms", "-1");
    create(topics, new Topics.Spec(topics.commands(), 2, longer));

    assertThat(new TopicCheck(admin, "long.", 2, false).run()).isEqualTo(topics);
  }
}
