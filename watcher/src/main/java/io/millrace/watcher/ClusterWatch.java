package io.millrace.watcher;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Follows an installation's objects by informers and publishes what becomes of its attempts. Any
 * number of watchers may run; one of them publishes, and when that one is gone another does, at
 * once and beginning with everything that there is.
 */
public final class ClusterWatch implements AutoCloseable {
  private static final long SWEEP_MINUTES = 10;

  private final KubernetesClient client;
  private final WatchSettings settings;
  private final Clock clock;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer;
  private final ObjectsApi api;
  private final Publisher publisher;
  private final Cases cases;
  private final CompletableFuture<Void> synced = new CompletableFuture<>();
  private volatile ClusterCache cache;
  private Leadership leadership;

  /**
   * @param client reads objects, stops what waits too long, and holds a Lease
   * @param sink gets the observations
   * @param ends is told of the attempts that have ended
   * @param copies asked for the outcomes of attempts whose pods are gone
   * @param clock tells how long something has been waited for
   */
  public ClusterWatch(
      KubernetesClient client,
      WatchSettings settings,
      ObservationSink sink,
      AttemptEnds ends,
      SecondCopies copies,
      Clock clock) {
    this.client = client;
    this.settings = settings;
    this.clock = clock;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().daemon().name("watcher-timer").unstarted(task));
    this.api = new ObjectsApi(client);
    this.publisher = new Publisher(sink);
    this.cases =
        new Cases(
            api,
            publisher,
            new AttemptVerdict(settings.bounds()),
            ends,
            copies,
            clock,
            workers,
            timer);
  }

  /** Begins to follow, and stands for leading when everything that there is is known. */
  public void start() {
    cache = follow();
    leadership = new Leadership(client, settings, workers, this::lead, cases::follow);
    cache
        .synced()
        .thenRunAsync(
            () -> {
              synced.complete(null);
              leadership.open();
            },
            workers);
    var sweeper = new Sweeper(api, settings.tombstonesKept());
    timer.scheduleWithFixedDelay(
        () -> workers.execute(() -> sweep(sweeper)),
        SWEEP_MINUTES,
        SWEEP_MINUTES,
        TimeUnit.MINUTES);
    timer.scheduleWithFixedDelay(
        () -> workers.execute(this::resync),
        settings.resync().toMillis(),
        settings.resync().toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private ClusterCache follow() {
    return new ClusterCache(client, settings, api.hasJobSets(), cases::changed, cases::departed);
  }

  private void lead() {
    cases.lead(cache);
  }

  /**
   * A change that no watch ever told of is seen when everything is listed anew, and so are JobSets
   * where they have been installed since.
   */
  private void resync() {
    ClusterCache fresh = follow();
    fresh
        .synced()
        .thenRunAsync(
            () -> {
              ClusterCache old = cache;
              cache = fresh;
              cases.renew(fresh);
              old.close();
            },
            workers);
  }

  private void sweep(Sweeper sweeper) {
    if (cases.leads()) {
      sweeper.sweep(cache, clock.instant());
    }
  }

  /** Completes when everything that there was at the start is known. */
  public CompletableFuture<Void> synced() {
    return synced;
  }

  /** Whether this watcher is the one that publishes. */
  public boolean leads() {
    return cases.leads();
  }

  @Override
  public void close() {
    cases.follow();
    if (leadership != null) {
      leadership.close();
    }
    if (cache != null) {
      cache.close();
    }
    publisher.close();
    timer.shutdownNow();
    workers.shutdown();
  }
}
