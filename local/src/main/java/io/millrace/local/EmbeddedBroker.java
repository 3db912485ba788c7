package io.millrace.local;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A Kafka broker and its KRaft controller in this JVM, its log in one folder.
 *
 * <p>It is the real broker, because the loop rests on the broker's own behaviour: offsets, fencing,
 * compaction. What differs from a cluster is set here: one copy of everything, few internal
 * partitions, little memory, and short time-outs, so that a restart after a kill -9 waits for
 * nobody.
 */
public final class EmbeddedBroker implements AutoCloseable {
  /**
   * Any 16 bytes in base 64 will do; a constant keeps formatting the same folder twice harmless.
   */
  private static final String CLUSTER_ID = "bWlsbHJhY2UtbG9jYWwtMQ";

  private static final int NODE_ID = 1;

  private final KafkaRaftServer server;

  private EmbeddedBroker(KafkaRaftServer server) {
    this.server = server;
  }

  /**
   * Starts on an empty folder or on what an earlier broker left there, however it ended; returns
   * when clients may connect.
   *
   * @param further settings, which go before those here; the listener of clients is called CLIENTS
   */
  static EmbeddedBroker start(Path folder, Reach reach, int port, Map<String, String> further) {
    try {
      new Formatter()
          .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
          .setClusterId(CLUSTER_ID)
          .setNodeId(NODE_ID)
          .addDirectory(folder.toString())
          .setMetadataLogDirectory(folder.toString())
          .setControllerListenerName("CONTROLLER")
          .setIgnoreFormatted(true)
          .run();
    } catch (Exception e) {
      throw new LocalModeException("The broker's folder " + folder + " cannot be used: " + e, e);
    }
    // Nobody outside this JVM speaks to the controller, so its port may change with every start.
    int controllerPort = Ports.free();
    Map<String, String> settings = settings(folder, reach, port, controllerPort);
    settings.putAll(further);
    var server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
    server.startup();
    return new EmbeddedBroker(server);
  }

  private static Map<String, String> settings(
      Path folder, Reach reach, int port, int controllerPort) {
    var settings = new HashMap<String, String>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(NODE_ID));
    settings.put("log.dirs", folder.toString());
    settings.put(
        "listeners",
        "CLIENTS://" + reach.bind() + ":" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    settings.put("advertised.listeners", "CLIENTS://" + reach.host() + ":" + port);
    settings.put("listener.security.protocol.map", "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("inter.broker.listener.name", "CLIENTS");
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("controller.quorum.voters", NODE_ID + "@127.0.0.1:" + controllerPort);

    // A topic exists because the scheduler checked its settings, never because of a typing error.
    settings.put("auto.create.topics.enable", "false");
    settings.put("message.max.bytes", Integer.toString(8 << 20));
    settings.put("replica.fetch.max.bytes", Integer.toString(8 << 20));
    settings.put("default.replication.factor", "1");
    settings.put("min.insync.replicas", "1");

    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "4");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "4");
    settings.put("share.coordinator.state.topic.replication.factor", "1");
    settings.put("share.coordinator.state.topic.min.isr", "1");
    settings.put("share.coordinator.state.topic.num.partitions", "1");

    // After a kill -9 the controller believes in the dead broker's session until this has passed.
    settings.put("broker.session.timeout.ms", "2000");
    settings.put("broker.heartbeat.interval.ms", "500");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("group.min.session.timeout.ms", "1000");
    settings.put("group.coordinator.append.linger.ms", "0");
    // A dead producer's open transaction holds its readers for transaction.timeout.ms plus this.
    settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");

    // One person's machine: few threads, a small cleaner's buffer (128 MiB by default), no idle
    // writes.
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    settings.put("background.threads", "2");
    settings.put("num.recovery.threads.per.data.dir", "2");
    settings.put("log.cleaner.enable", "true");
    settings.put("log.cleaner.threads", "1");
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));
    settings.put("metadata.max.idle.interval.ms", "0");
    return settings;
  }

  /** Stops in order, with everything written; returns when it has stopped. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
