package io.millrace.scheduler.launch.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.millrace.watcher.Marks;
import io.millrace.watcher.Members;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.MultiEmitter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Follows the pods of one attempt, tells of each container that has begun, and is over when nothing
 * more can begin: all members have ended, or one is gone, which is never replaced.
 */
final class StartedContainers implements ResourceEventHandler<Pod> {
  private final MultiEmitter<? super LogSource> subscriber;
  private final Set<LogSource> told = new HashSet<>();
  private final Set<String> there = new HashSet<>();
  private final Set<String> ended = new HashSet<>();
  private boolean oneIsGone;

  private StartedContainers(MultiEmitter<? super LogSource> subscriber) {
    this.subscriber = subscriber;
  }

  /**
   * @param object the name of the attempt's object
   * @param over completes when no pods can come any more
   */
  static Multi<LogSource> of(
      KubernetesClient client, List<String> namespaces, String object, Uni<Void> over) {
    return Multi.createFrom()
        .emitter(
            subscriber -> {
              var handler = new StartedContainers(subscriber);
              var informers = new ArrayList<SharedIndexInformer<Pod>>();
              var synced = new ArrayList<CompletableFuture<Void>>();
              for (String namespace : namespaces) {
                SharedIndexInformer<Pod> informer =
                    client
                        .pods()
                        .inNamespace(namespace)
                        .withLabel(Marks.OBJECT, object)
                        .runnableInformer(0)
                        .addEventHandler(handler)
                        .exceptionHandler((started, failure) -> true);
                informers.add(informer);
                synced.add(informer.start().toCompletableFuture());
              }
              Cancellable waiting =
                  Uni.createFrom()
                      .completionStage(
                          CompletableFuture.allOf(synced.toArray(CompletableFuture<?>[]::new)))
                      .chain(() -> over)
                      .subscribe()
                      .with(none -> handler.noneCanCome(), subscriber::fail);
              subscriber.onTermination(
                  () -> {
                    waiting.cancel();
                    informers.forEach(SharedIndexInformer::close);
                  });
            });
  }

  @Override
  public void onAdd(Pod pod) {
    changed(pod, true);
  }

  @Override
  public void onUpdate(Pod before, Pod pod) {
    changed(pod, true);
  }

  @Override
  public void onDelete(Pod pod, boolean finalStateUnknown) {
    changed(pod, false);
  }

  private synchronized void noneCanCome() {
    if (there.isEmpty()) {
      subscriber.complete();
    }
  }

  private synchronized void changed(Pod pod, boolean isThere) {
    String uid = pod.getMetadata().getUid();
    if (isThere) {
      there.add(uid);
      LogSource.of(pod).stream().filter(told::add).forEach(subscriber::emit);
    } else {
      there.remove(uid);
      oneIsGone = true;
    }
    if (!isThere || Members.isOver(pod)) {
      ended.add(uid);
    }
    boolean allThereHaveEnded = ended.containsAll(there);
    if (allThereHaveEnded && (oneIsGone || ended.size() >= Members.count(pod))) {
      subscriber.complete();
    }
  }
}
