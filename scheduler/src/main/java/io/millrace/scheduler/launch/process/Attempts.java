package io.millrace.scheduler.launch.process;

import io.millrace.events.AttemptId;
import io.millrace.events.Cause;
import io.millrace.events.Decoded;
import io.millrace.events.FlowRef;
import io.millrace.events.Json;
import io.millrace.events.Observation;
import io.millrace.events.Order;
import io.millrace.events.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/** The attempts that are this server's. All calls block on files and processes. */
final class Attempts implements Supervision.Keeper {
  private static final Logger LOG = Logger.getLogger(Attempts.class);

  private final DataFolder data;
  private final Ownership ownership;
  private final Wrappers wrappers;
  private final Adoptions adoptions;
  private final Reports reports;
  private final Executor workers;
  private final Clock clock;
  private final Map<AttemptId, Supervision> supervised = new ConcurrentHashMap<>();

  Attempts(
      DataFolder data,
      Ownership ownership,
      Wrappers wrappers,
      Adoptions adoptions,
      Reports reports,
      Executor workers,
      Clock clock) {
    this.data = data;
    this.ownership = ownership;
    this.wrappers = wrappers;
    this.adoptions = adoptions;
    this.reports = reports;
    this.workers = workers;
    this.clock = clock;
  }

  Observation launch(Order.Launch order) throws IOException {
    AttemptFolder folder = data.attempt(order.of());
    while (!folder.hasEnded()) {
      Optional<Observation> refusal = folder.isClaimed() ? Optional.empty() : refusal(order);
      Optional<Observation> result =
          refusal.isPresent() ? refusal : supervision(folder).launch(order);
      if (result.isPresent()) {
        return result.get();
      }
    }
    return new Observation.Launched(order.of());
  }

  private Optional<Observation> refusal(Order.Launch order) {
    List<String> command = order.container().command();
    if (command == null || command.isEmpty()) {
      return Optional.of(
          new Observation.Rejected(
              order.of(),
              "step %s has no command. The process executor starts programs of this machine and runs no images: give the step a command, or run the flow on Kubernetes"
                  .formatted(order.of().task().step())));
    }
    if (order.notAfter() != null && clock.instant().isAfter(order.notAfter())) {
      return Optional.of(new Observation.Expired(order.of()));
    }
    return Optional.empty();
  }

  /** Stops an attempt; when this returns, it cannot start any more. */
  void cancel(AttemptId of, Cause cause) throws IOException {
    AttemptFolder folder = data.attempt(of);
    if (folder.hasEnded() || folder.hasExited()) {
      return;
    }
    folder.create();
    folder.stop(cause);
    // Stopped before it is asked whose it is: an owner that gives it back looks again afterwards.
    wrappers.stop(folder);
    supervision(folder).adopt();
  }

  /** Goes on with attempts that have become this server's. */
  void recover(Collection<AttemptId> attempts) {
    for (AttemptId of : attempts) {
      workers.execute(
          () -> {
            try {
              AttemptFolder folder = data.attempt(of);
              if (folder.stop().isPresent() && !folder.hasEnded()) {
                wrappers.stop(folder);
              }
              supervision(folder).adopt();
            } catch (IOException | RuntimeException failed) {
              LOG.errorf(failed, "attempt=%s cannot be gone on with", of);
            }
          });
    }
  }

  private Supervision supervision(AttemptFolder folder) {
    return supervised.computeIfAbsent(
        folder.of(), of -> new Supervision(folder, wrappers, adoptions, workers, this));
  }

  @Override
  public boolean take(AttemptFolder folder) throws IOException {
    return ownership.take(folder.of());
  }

  @Override
  public void giveBack(Supervision supervision, AttemptFolder folder) throws IOException {
    // In this order: until it is removed nobody else can begin with it here.
    ownership.release(folder.of());
    supervised.remove(folder.of(), supervision);
    if (folder.stop().isPresent() && !folder.hasEnded() && ownership.take(folder.of())) {
      // Cancelled meanwhile by a server that took this one for the owner.
      recover(List.of(folder.of()));
    }
  }

  @Override
  public void conclude(Supervision supervision, AttemptFolder folder) {
    Observation end = end(folder);
    LOG.debugf("attempt=%s end=%s", folder.of(), end);
    reports.publish(
        end,
        () -> {
          try {
            folder.ended(end);
            ownership.release(folder.of());
          } catch (IOException failed) {
            LOG.errorf(failed, "attempt=%s end not kept; it will be published again", folder.of());
          }
          supervised.remove(folder.of(), supervision);
          supervision.acknowledged().complete(null);
        });
  }

  private Observation end(AttemptFolder folder) {
    Observation end;
    try {
      end = Verdict.of(folder);
    } catch (IOException | RuntimeException unreadable) {
      LOG.errorf(unreadable, "attempt=%s its end cannot be told", folder.of());
      return new Observation.Failed(
          folder.of(),
          Cause.of(Cause.Kind.LOST, "its files cannot be read: " + unreadable.getMessage()));
    }
    try {
      keepOutcome(folder, end);
    } catch (IOException | RuntimeException unwritable) {
      // The first copy is what counts.
      LOG.warnf(unwritable, "attempt=%s its outcome cannot be copied", folder.of());
    }
    return end;
  }

  /** The second copy of what the step reported, where the step's own data is. */
  private void keepOutcome(AttemptFolder folder, Observation end) throws IOException {
    Optional<FlowRef> flow = folder.flow();
    if (flow.isEmpty()) {
      return;
    }
    Path copy = data.task(flow.get(), folder.of()).resolve("outcome.json");
    if (end instanceof Observation.Succeeded(AttemptId of, Outcome outcome)) {
      AtomicFiles.replace(copy, Json.write(outcome));
    } else if (Verdict.outcome(folder.members().getFirst())
            instanceof Decoded.Understood<Outcome>(Outcome outcome)
        && !outcome.ok()) {
      AtomicFiles.replace(copy, Json.write(outcome));
    }
  }

  /** The attempts that run or whose end is not acknowledged. */
  List<Supervision> supervised() {
    return List.copyOf(supervised.values());
  }
}
