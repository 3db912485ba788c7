package io.millrace.scheduler.topics;

import io.millrace.events.Topics;
import io.millrace.scheduler.SchedulerConfig;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.jboss.logging.Logger;

/** The topics that this replica works on, verified before any other room opens. */
@ApplicationScoped
public class Installation {
  private static final Logger LOG = Logger.getLogger(Installation.class);

  private final KafkaClients clients;
  private final SchedulerConfig config;
  private volatile Topics topics;

  Installation(KafkaClients clients, SchedulerConfig config) {
    this.clients = clients;
    this.config = config;
  }

  /** Before the channels of the messaging extension open, which do so as a library. */
  void verify(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent start)
      throws InterruptedException {
    try (Admin admin = clients.admin()) {
      String prefix = config.topics().prefix().orElse("");
      topics = new TopicCheck(admin, prefix, config.partitions(), config.topics().create()).run();
      LOG.debugf("brokers=%s partitions=%d", clients.brokers(), topics.partitions());
    } catch (ExecutionException failed) {
      throw new IllegalStateException(
          "the Kafka broker at %s does not answer: %s; check kafka.bootstrap.servers and that it runs"
              .formatted(clients.brokers(), failed.getCause().getMessage()),
          failed);
    }
  }

  public Topics topics() {
    return topics;
  }
}
