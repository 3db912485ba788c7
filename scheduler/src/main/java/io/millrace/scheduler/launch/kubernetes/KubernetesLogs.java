package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.millrace.events.AttemptId;
import io.millrace.events.RunId;
import io.millrace.scheduler.launch.LogLine;
import io.millrace.scheduler.launch.LogPosition;
import io.millrace.scheduler.launch.StepLogs;
import io.millrace.watcher.Identity;
import io.millrace.watcher.Marks;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;

/** What the pods of attempts write: from the API server while they are there, then as kept. */
final class KubernetesLogs implements StepLogs {
  /** Containers of one attempt that are read at the same time. */
  private static final int AT_A_TIME = 256;

  private final KubernetesClient client;
  private final String installation;
  private final List<String> namespaces;
  private final KeptLogs kept;
  private final ContainerLog logs;
  private final Function<AttemptId, Uni<Void>> over;
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param over completes when an attempt is over, or will never be launched
   */
  KubernetesLogs(
      KubernetesClient client,
      KubernetesConfig config,
      KeptLogs kept,
      Function<AttemptId, Uni<Void>> over) {
    this.client = client;
    this.installation = config.installation();
    this.namespaces = config.all();
    this.kept = kept;
    this.logs = new ContainerLog(client);
    this.over = over;
  }

  @Override
  public List<AttemptId> attempts(RunId run) {
    var attempts = new TreeSet<>(kept.attempts(run));
    pods("metaflow/run_id", Labels.value(run.value()))
        .filter(pod -> !LogSource.of(pod).isEmpty())
        .flatMap(pod -> Identity.of(pod).stream())
        .map(Identity::of)
        .filter(of -> of.run().equals(run))
        .forEach(attempts::add);
    return List.copyOf(attempts);
  }

  private Stream<Pod> pods(String label, String value) {
    return namespaces.stream()
        .flatMap(
            namespace ->
                client
                    .pods()
                    .inNamespace(namespace)
                    .withLabel(Marks.INSTALLATION, installation)
                    .withLabel(label, value)
                    .list()
                    .getItems()
                    .stream());
  }

  @Override
  public Multi<LogLine> lines(AttemptId of, LogPosition from, boolean follow) {
    return Uni.createFrom()
        .item(() -> kept.index(of))
        .runSubscriptionOn(workers)
        .onItem()
        .transformToMulti(index -> index.isPresent() ? kept(of, from) : live(of, from, follow));
  }

  private Multi<LogLine> kept(AttemptId of, LogPosition from) {
    return BlockingLines.of(
        reader -> {
          var index = kept.index(of);
          if (index.isPresent()) {
            kept.read(of, index.get(), from, reader);
          }
        });
  }

  /** From the pods; and what they took along when they were removed, from what was kept. */
  private Multi<LogLine> live(AttemptId of, LogPosition from, boolean follow) {
    var read = new AtomicReference<>(from);
    Multi<LogLine> ofPods =
        (follow ? StartedContainers.of(client, namespaces, object(of), over.apply(of)) : there(of))
            .onItem()
            .transformToMulti(source -> lines(source, from, follow))
            .merge(AT_A_TIME)
            .invoke(line -> read.updateAndGet(before -> before.after(line)));
    return Multi.createBy()
        .concatenating()
        .streams(ofPods, Multi.createFrom().deferred(() -> kept(of, read.get())));
  }

  private Multi<LogSource> there(AttemptId of) {
    return Multi.createFrom()
        .items(() -> pods(Marks.OBJECT, object(of)).flatMap(pod -> LogSource.of(pod).stream()))
        .runSubscriptionOn(workers);
  }

  private Multi<LogLine> lines(LogSource source, LogPosition from, boolean follow) {
    long after = from.offset(source.stream(), source.member());
    return BlockingLines.of(
        reader -> {
          if (follow) {
            logs.follow(source, after, reader);
          } else {
            logs.read(source, after, reader);
          }
        });
  }

  private String object(AttemptId of) {
    return ObjectName.of(new Identity(installation, of));
  }
}
