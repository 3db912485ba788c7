package io.millrace.local;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The broker and the object store of one data folder: their ports are known before they run. */
final class Parts implements AutoCloseable {
  private final DataFolder data;
  private final Reach reach;
  private final Map<String, String> brokerSettings;
  private final int brokerPort;
  private final int s3Port;
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private EmbeddedBroker broker;
  private EmbeddedObjectStore objects;

  /**
   * Claims their ports; 0 means the remembered one.
   *
   * @param brokerSettings go before the broker's own
   */
  Parts(
      DataFolder data,
      Reach reach,
      int brokerPort,
      int s3Port,
      Map<String, String> brokerSettings) {
    this.data = data;
    this.reach = reach;
    this.brokerSettings = brokerSettings;
    var ports = new Ports(data.path());
    this.brokerPort = ports.claim("broker", brokerPort, "--broker-port");
    this.s3Port = ports.claim("s3", s3Port, "--s3-port");
  }

  /** Starts both; returns when they can be used. What has started is stopped by {@link #close}. */
  void start() {
    objects = EmbeddedObjectStore.start(data.folder("objects"), reach, s3Port);
    broker = EmbeddedBroker.start(data.folder("broker"), reach, brokerPort, brokerSettings);
    started.complete(null);
  }

  /** Completes when both can be used. */
  CompletableFuture<Void> started() {
    return started.copy();
  }

  String broker() {
    return reach.host() + ":" + brokerPort;
  }

  String s3() {
    return "http://" + reach.host() + ":" + s3Port;
  }

  Map<String, String> addresses() {
    var addresses = new LinkedHashMap<String, String>();
    addresses.put("broker", broker());
    addresses.put("s3", s3());
    return addresses;
  }

  /**
   * The object store first: a finished upload is told of on the broker, never the other way round.
   */
  @Override
  public void close() {
    try {
      if (objects != null) {
        objects.close();
      }
    } finally {
      if (broker != null) {
        broker.close();
      }
    }
  }
}
