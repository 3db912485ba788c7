package io.millrace.watcher;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/**
 * One of the installation's watchers leads, by a Lease; the others' caches are warm. For a moment
 * two may think that they lead: then an observation is published twice, which changes nothing.
 */
final class Leadership implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Leadership.class);
  private static final int RENEWALS = 5;

  private final KubernetesClient client;
  private final WatchSettings settings;
  private final Executor worker;
  private final Runnable began;
  private final Runnable ended;
  private CompletableFuture<?> candidacy = CompletableFuture.completedFuture(null);
  private volatile boolean closed;

  /**
   * @param worker runs what the election does; may block
   * @param began run when this watcher leads
   * @param ended run when it does not any more
   */
  Leadership(
      KubernetesClient client,
      WatchSettings settings,
      Executor worker,
      Runnable began,
      Runnable ended) {
    this.client = client;
    this.settings = settings;
    this.worker = worker;
    this.began = began;
    this.ended = ended;
  }

  /** Stands for election until closed, also after having led. */
  synchronized void open() {
    if (closed) {
      return;
    }
    Duration duration = settings.leaseDuration();
    var lock =
        new LeaseLock(
            settings.leaseNamespace(), settings.installation() + "-watcher", settings.replica());
    var config =
        new LeaderElectionConfig(
            lock,
            duration,
            duration.multipliedBy(3).dividedBy(4),
            duration.dividedBy(RENEWALS),
            new LeaderCallbacks(began, this::over, Leadership::leads),
            true,
            settings.installation());
    candidacy = client.leaderElector().withConfig(config).build().start();
    candidacy.whenCompleteAsync((done, failure) -> open(), worker);
  }

  /** Nobody does for a moment when a leader has let go. */
  private static void leads(String leader) {
    if (leader != null && !leader.isEmpty()) {
      LOG.infof("watcher=%s leads", leader);
    }
  }

  private void over() {
    ended.run();
  }

  @Override
  public void close() {
    closed = true;
    synchronized (this) {
      candidacy.cancel(true);
    }
  }
}
