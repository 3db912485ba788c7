package io.millrace.local;

import java.util.LinkedHashMap;
import java.util.Map;

/** The broker and the object store of one data folder. */
final class Parts implements AutoCloseable {
  private final EmbeddedBroker broker;
  private final EmbeddedObjectStore objects;

  private Parts(EmbeddedBroker broker, EmbeddedObjectStore objects) {
    this.broker = broker;
    this.objects = objects;
  }

  /**
   * Starts both; a port of 0 means the remembered one. Whatever started is stopped again if the
   * other fails.
   *
   * @param brokerSettings go before the broker's own
   */
  static Parts start(
      DataFolder data,
      Reach reach,
      int brokerPort,
      int s3Port,
      Map<String, String> brokerSettings) {
    var ports = new Ports(data.path());
    int broker = ports.claim("broker", brokerPort, "--broker-port");
    int s3 = ports.claim("s3", s3Port, "--s3-port");
    EmbeddedObjectStore objects = EmbeddedObjectStore.start(data.folder("objects"), reach, s3);
    try {
      return new Parts(
          EmbeddedBroker.start(data.folder("broker"), reach, broker, brokerSettings), objects);
    } catch (RuntimeException | Error e) {
      objects.close();
      throw e;
    }
  }

  String broker() {
    return broker.address();
  }

  String s3() {
    return objects.endpoint().toString();
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
      objects.close();
    } finally {
      broker.close();
    }
  }
}
