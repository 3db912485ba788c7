package io.millrace.scheduler.launch.process;

import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.scheduler.launch.Executor;
import io.millrace.watcher.ObservationSink;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.unchecked.Unchecked;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * Runs attempts as processes of this machine. It launches and it observes: ends go to the sink.
 *
 * <p>An attempt starts at most once, because its wrapper claims it in the file system before it
 * runs anything, and a claim is never taken back; no server has to live for that. Any number of
 * servers may share the data folder on one machine: each attempt is observed by one of them, and
 * when that one is gone, another goes on with what it left.
 */
public final class ProcessExecutor implements Executor {
  /** When to order again what found no room. */
  static final Duration ROOM_DELAY = Duration.ofSeconds(1);

  private static final Logger LOG = Logger.getLogger(ProcessExecutor.class);
  private static final Pattern SERVER_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Duration ACKNOWLEDGEMENT = Duration.ofSeconds(5);

  private final DataFolder data;
  private final Duration grace;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final Ownership ownership;
  private final Neighbours neighbours;
  private final Wrappers wrappers;
  private final Reports reports;
  private final FolderWatch watch;
  private final Attempts attempts;

  /** Held while an order is carried out: stopping waits until what it started is observed. */
  private final Lock underWay;

  private final Lock nothingUnderWay;
  private boolean open;

  /**
   * @param folder where everything is kept; shared with the other servers of this machine
   * @param server this server's id, its own among those that share the folder. The same after a
   *     restart, so that it finds what it left at once
   * @param grace from SIGTERM to SIGKILL
   * @param sink gets the ends
   * @param clock tells whether an order has expired
   */
  public ProcessExecutor(
      Path folder, String server, Duration grace, ObservationSink sink, Clock clock) {
    this(folder, server, grace, sink, clock, System.getenv());
  }

  ProcessExecutor(
      Path folder,
      String server,
      Duration grace,
      ObservationSink sink,
      Clock clock,
      Map<String, String> environment) {
    if (!SERVER_ID.matcher(server).matches()) {
      throw new IllegalArgumentException(
          "server id '%s' is not of the form %s; it becomes part of file names"
              .formatted(server, SERVER_ID));
    }
    var orders = new ReentrantReadWriteLock();
    this.underWay = orders.readLock();
    this.nothingUnderWay = orders.writeLock();
    this.data = new DataFolder(folder);
    this.grace = grace;
    this.watch = newWatch();
    this.ownership = new Ownership(data, server, attempts -> this.attempts().recover(attempts));
    this.neighbours = new Neighbours(data.servers(), server, new TakeOver());
    this.wrappers = new Wrappers(data, new StepEnvironment(environment, data), grace);
    this.reports = new Reports(sink, workers);
    this.attempts =
        new Attempts(data, ownership, wrappers, new Adoptions(watch), reports, workers, clock);
  }

  private Attempts attempts() {
    return attempts;
  }

  private static FolderWatch newWatch() {
    try {
      return new FolderWatch();
    } catch (IOException none) {
      throw new UncheckedIOException(
          "the kernel gives no more inotify instances; raise fs.inotify.max_user_instances", none);
    }
  }

  /**
   * Becomes a server of the folder, and goes on with what this server and dead ones left there.
   * Before this no order is carried out.
   */
  public void start() {
    try {
      data.create();
      wrappers.install();
      ownership.open();
      attempts.recover(ownership.mine());
      neighbours.open(watch);
      for (String other : ownership.others()) {
        ownership.takeOver(other);
      }
      nothingUnderWay.lock();
      open = true;
      nothingUnderWay.unlock();
    } catch (IOException failed) {
      throw new UncheckedIOException(
          "the process executor cannot use its data folder %s: %s"
              .formatted(data.root(), failed.getMessage()),
          failed);
    }
  }

  @Override
  public Uni<Observation> launch(Order.Launch order) {
    return carryOut(order.of(), () -> attempts.launch(order));
  }

  @Override
  public Uni<Void> cancel(Order.Cancel order) {
    return carryOut(
        order.of(),
        () -> {
          attempts.cancel(order.of(), order.cause());
          return null;
        });
  }

  private interface Work<T> {
    T run() throws IOException;
  }

  private <T> Uni<T> carryOut(AttemptId of, Work<T> work) {
    return Uni.createFrom()
        .item(
            Unchecked.supplier(
                () -> {
                  underWay.lock();
                  try {
                    requireOpen(of);
                    return work.run();
                  } finally {
                    underWay.unlock();
                  }
                }))
        .runSubscriptionOn(workers);
  }

  private void requireOpen(AttemptId of) {
    if (!open) {
      throw new IllegalStateException(
          "attempt %s: the process executor on %s is not started, or is stopped"
              .formatted(of, data.root()));
    }
  }

  /**
   * Ends this server; it cannot be started again. What runs is left to the next one, or to a
   * neighbour.
   *
   * @param terminateSteps to end what runs as preempted instead, which is waited for: the grace,
   *     and some seconds for the ends to be acknowledged. What is not, is published by the next
   *     server
   */
  public void stop(boolean terminateSteps) {
    nothingUnderWay.lock();
    try {
      if (!open) {
        return;
      }
      open = false;
    } finally {
      nothingUnderWay.unlock();
    }
    if (terminateSteps) {
      attempt("stop what runs", this::terminate);
    }
    attempts.supervised().forEach(Supervision::leave);
    reports.close();
    attempt("leave the neighbours", neighbours::close);
    attempt("release the lock", ownership::close);
    attempt("end watching", watch::close);
    workers.shutdown();
  }

  private void terminate() throws IOException {
    for (AttemptId of : ownership.mine()) {
      attempt(
          "stop attempt " + of,
          () -> attempts.cancel(of, Cause.of(Cause.Kind.PREEMPTED, "the server was stopped")));
    }
    var all =
        CompletableFuture.allOf(
            attempts.supervised().stream()
                .map(Supervision::acknowledged)
                .toArray(CompletableFuture<?>[]::new));
    try {
      all.get(grace.plus(ACKNOWLEDGEMENT).toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      LOG.warnf(
          "folder=%s not all ends are acknowledged; the next server publishes them", data.root());
    } catch (ExecutionException never) {
      throw new IllegalStateException("acknowledgements do not fail", never);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  /** One failure must not keep the rest from being done. */
  private void attempt(String what, Step step) {
    try {
      step.run();
    } catch (IOException | RuntimeException failed) {
      LOG.errorf(failed, "folder=%s could not %s", data.root(), what);
    }
  }

  /** Goes on with what neighbours left. */
  private final class TakeOver implements Neighbours.Departures {
    @Override
    public void absent(String server) {
      attempt("take over from server " + server, () -> ownership.takeOver(server));
    }

    @Override
    public void gone(String server) {
      LOG.infof("server=%s is gone; going on with what it left", server);
      attempt("take over from server " + server, () -> ownership.takeOverFromDying(server));
    }
  }
}
