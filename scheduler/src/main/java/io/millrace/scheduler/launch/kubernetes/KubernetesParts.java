package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.millrace.core.AttemptState;
import io.millrace.core.Entity;
import io.millrace.core.EntityKey;
import io.millrace.events.AttemptId;
import io.millrace.scheduler.SchedulerConfig;
import io.millrace.scheduler.launch.Executor;
import io.millrace.scheduler.launch.StepLogs;
import io.millrace.scheduler.objects.ObjectStore;
import io.millrace.scheduler.policy.Policy;
import io.millrace.scheduler.topics.CommandWriter;
import io.millrace.scheduler.view.RunEntities;
import io.millrace.scheduler.view.RunView;
import io.millrace.watcher.AttemptEnds;
import io.millrace.watcher.ClusterWatch;
import io.millrace.watcher.WatchSettings;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Optional;

/**
 * Puts together what runs steps on a Kubernetes, for whichever role of this replica asks. Nothing
 * connects to a cluster before.
 */
@ApplicationScoped
public class KubernetesParts {
  private final KubernetesClient client;
  private final KubernetesConfig settings;
  private final Policy policy;
  private final SchedulerConfig config;
  private final ObjectStore objects;
  private final CommandWriter writer;
  private final RunView view;
  private LogKeeper keeper;

  /**
   * @param client must not send anything again by itself
   */
  KubernetesParts(
      KubernetesClient client,
      KubernetesConfig settings,
      Policy policy,
      SchedulerConfig config,
      ObjectStore objects,
      CommandWriter writer,
      RunView view) {
    this.client = client;
    this.settings = settings;
    this.policy = policy;
    this.config = config;
    this.objects = objects;
    this.writer = writer;
    this.view = view;
  }

  /** Carries orders out. */
  public Executor executor() {
    Optional<String> data = objects.address().map(address -> address + "/" + folders().path());
    return new KubernetesExecutor(client, settings, data, policy, Clock.systemUTC());
  }

  /** Follows the cluster, from its start on. */
  public synchronized ClusterWatch watch() {
    KubernetesConfig.WatchConfig watch = settings.watch();
    keeper = watch.keepsLogs() ? new LogKeeper(client, kept()) : null;
    var what =
        new WatchSettings(
            settings.installation(),
            settings.all(),
            config.replica(),
            watch.leaseNamespace().orElse(settings.namespace()),
            watch.leaseDuration(),
            watch.imageBound(),
            watch.nodeBound(),
            watch.referenceBound(),
            watch.resync(),
            watch.tombstonesKept());
    AttemptEnds ends = keeper == null ? AttemptEnds.UNHEARD : keeper;
    return new ClusterWatch(client, what, writer, ends, folders(), Clock.systemUTC());
  }

  @PreDestroy
  synchronized void close() {
    if (keeper != null) {
      keeper.close();
    }
  }

  /** The lines of steps, from pods and as they were kept. */
  public StepLogs logs() {
    return new KubernetesLogs(client, settings, kept(), this::over);
  }

  private KeptLogs kept() {
    return new KeptLogs(objects, config.objects().prefix());
  }

  private TaskFolders folders() {
    return new TaskFolders(objects, config.objects().prefix() + "data");
  }

  /** Completes when an attempt is over, as far as the view can tell, or else with its run. */
  private Uni<Void> over(AttemptId of) {
    Optional<RunEntities> run = view.find(of.run());
    return run.isEmpty() || isOver(run.get(), of)
        ? Uni.createFrom().voidItem()
        : view.awaitEnd(of.run());
  }

  private static boolean isOver(RunEntities run, AttemptId of) {
    return run.entities().get(new EntityKey.TaskKey(of.run(), of.task()))
            instanceof Entity.Task task
        && (task.attempt() > of.attempt()
            || task.state() instanceof AttemptState.Done
            || task.state() instanceof AttemptState.Failed);
  }
}
