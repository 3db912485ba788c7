package io.millrace.watcher;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * What the cluster has of this installation, kept up to date by informers: they list, then watch
 * with bookmarks, and list again where a watch has become too old.
 */
final class ClusterCache implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(ClusterCache.class);
  private static final String BY_OBJECT = "by-object";

  /** Objects in one answer to a list: whole ones, before their outlines are kept. */
  private static final long PAGE = 500;

  private final Consumer<ObjectKey> changed;
  private final BiConsumer<ObjectKey, Pod> departed;
  private final List<SharedIndexInformer<Pod>> pods = new ArrayList<>();
  private final List<SharedIndexInformer<Job>> jobs = new ArrayList<>();
  private final List<SharedIndexInformer<GenericKubernetesResource>> jobSets = new ArrayList<>();
  private final List<SharedIndexInformer<Event>> events = new ArrayList<>();
  private final CompletableFuture<Void> synced;

  /**
   * @param withJobSets whether the cluster knows them; an informer of what it does not know would
   *     ask for it again and again
   * @param changed told of every object of which something may have changed
   * @param departed told of each pod that is not there any more, before {@code changed}
   */
  ClusterCache(
      KubernetesClient client,
      WatchSettings settings,
      boolean withJobSets,
      Consumer<ObjectKey> changed,
      BiConsumer<ObjectKey, Pod> departed) {
    this.changed = changed;
    this.departed = departed;
    for (String namespace : settings.namespaces()) {
      open(client, namespace, settings.installation());
      if (withJobSets) {
        jobSets.add(jobSets(client, namespace, settings.installation()));
      }
    }
    var first = new ArrayList<CompletableFuture<Void>>();
    pods.forEach(informer -> first.add(informer.start().toCompletableFuture()));
    jobs.forEach(informer -> first.add(informer.start().toCompletableFuture()));
    events.forEach(informer -> first.add(informer.start().toCompletableFuture()));
    // Not waited for: nothing but JobSets is missed where they cannot be listed.
    jobSets.forEach(SharedIndexInformer::start);
    this.synced = CompletableFuture.allOf(first.toArray(CompletableFuture<?>[]::new));
  }

  private void open(KubernetesClient client, String namespace, String installation) {
    pods.add(
        informer(
            client.pods().inNamespace(namespace).withLabel(Marks.INSTALLATION, installation),
            new Told<Pod>(true)));
    jobs.add(
        informer(
            client
                .batch()
                .v1()
                .jobs()
                .inNamespace(namespace)
                .withLabel(Marks.INSTALLATION, installation),
            new Told<Job>(false)));
    SharedIndexInformer<Event> failed =
        client
            .v1()
            .events()
            .inNamespace(namespace)
            .withField("reason", "FailedCreate")
            .runnableInformer(0);
    failed.addIndexers(
        Map.of(
            BY_OBJECT, event -> List.of(involved(namespace, event.getInvolvedObject().getName()))));
    failed.addEventHandler(new OfEvents());
    failed.exceptionHandler(ClusterCache::goOn);
    events.add(failed);
  }

  private SharedIndexInformer<GenericKubernetesResource> jobSets(
      KubernetesClient client, String namespace, String installation) {
    return informer(
        client
            .genericKubernetesResources(ObjectsApi.JOB_SETS)
            .inNamespace(namespace)
            .withLabel(Marks.INSTALLATION, installation),
        new Told<GenericKubernetesResource>(false));
  }

  private <T extends HasMetadata> SharedIndexInformer<T> informer(
      Informable<T> source, ResourceEventHandler<T> handler) {
    SharedIndexInformer<T> informer =
        source.withLimit(PAGE).runnableInformer(0).itemStore(new Outlines<>());
    Function<T, List<String>> key =
        object -> ObjectKey.of(object).map(ObjectKey::text).stream().toList();
    informer.addIndexers(Map.of(BY_OBJECT, key));
    informer.addEventHandler(handler);
    informer.exceptionHandler(ClusterCache::goOn);
    return informer;
  }

  /** An informer that gives up would be blind for ever. */
  private static boolean goOn(boolean started, Throwable failure) {
    LOG.debugf("watching goes on after: %s", failure.getMessage());
    return true;
  }

  /** Completes when everything that there was at the start is known. */
  CompletableFuture<Void> synced() {
    return synced;
  }

  private final class Told<T extends HasMetadata> implements ResourceEventHandler<T> {
    private final boolean pod;

    Told(boolean pod) {
      this.pod = pod;
    }

    @Override
    public void onAdd(T object) {
      ObjectKey.of(object).ifPresent(changed);
    }

    @Override
    public void onUpdate(T before, T object) {
      ObjectKey.of(object).ifPresent(changed);
    }

    @Override
    public void onDelete(T object, boolean finalStateUnknown) {
      ObjectKey.of(object)
          .ifPresent(
              key -> {
                if (pod) {
                  departed.accept(key, (Pod) object);
                }
                changed.accept(key);
              });
    }
  }

  private final class OfEvents implements ResourceEventHandler<Event> {
    @Override
    public void onAdd(Event event) {
      String key =
          involved(event.getMetadata().getNamespace(), event.getInvolvedObject().getName());
      jobs.stream()
          .map(informer -> informer.getStore().getByKey(key))
          .filter(job -> job != null)
          .flatMap(job -> ObjectKey.of(job).stream())
          .forEach(changed);
    }

    @Override
    public void onUpdate(Event before, Event event) {
      onAdd(event);
    }

    @Override
    public void onDelete(Event event, boolean finalStateUnknown) {
      // Events are forgotten after an hour; what they said has been said.
    }
  }

  private static String involved(String namespace, String name) {
    return namespace + "/" + name;
  }

  private static <T> List<T> find(List<SharedIndexInformer<T>> informers, String key) {
    return informers.stream()
        .flatMap(informer -> informer.getIndexer().byIndex(BY_OBJECT, key).stream())
        .toList();
  }

  /**
   * What is known of an attempt; empty when nothing is.
   *
   * @param departed pods that are not there any more, as they were last seen
   */
  Optional<Scene> scene(ObjectKey key, Collection<Pod> departed) {
    List<Pod> there = find(pods, key.text());
    List<Job> ofJobs = find(jobs, key.text());
    Optional<HasMetadata> holder = holder(key, there, ofJobs);
    boolean idle =
        ofJobs.stream().filter(job -> !key.is(job)).map(Holder::of).allMatch(Holder::idle);
    List<Event> failed =
        ofJobs.stream()
            .flatMap(
                job ->
                    find(events, involved(key.namespace(), job.getMetadata().getName())).stream())
            .toList();
    return Scenes.of(there, departed, holder, idle, failed);
  }

  private Optional<HasMetadata> holder(ObjectKey key, List<Pod> there, List<Job> ofJobs) {
    var candidates = new ArrayList<HasMetadata>(find(jobSets, key.text()));
    candidates.addAll(ofJobs);
    candidates.addAll(there);
    return candidates.stream().filter(key::is).findFirst();
  }

  /** Every attempt of which there is anything. */
  Set<ObjectKey> all() {
    var keys = new LinkedHashSet<ObjectKey>();
    holders().forEach(object -> ObjectKey.of(object).ifPresent(keys::add));
    pods.forEach(
        informer ->
            informer.getStore().list().forEach(pod -> ObjectKey.of(pod).ifPresent(keys::add)));
    return keys;
  }

  /** Every attempt's own object. */
  List<HasMetadata> holders() {
    var all = new ArrayList<HasMetadata>();
    jobSets.forEach(informer -> all.addAll(informer.getStore().list()));
    jobs.forEach(informer -> all.addAll(informer.getStore().list()));
    pods.forEach(informer -> all.addAll(informer.getStore().list()));
    all.removeIf(object -> ObjectKey.of(object).filter(key -> key.is(object)).isEmpty());
    return all;
  }

  /** The pods of an attempt that are there. */
  List<Pod> pods(ObjectKey key) {
    return find(pods, key.text());
  }

  @Override
  public void close() {
    pods.forEach(SharedIndexInformer::close);
    jobs.forEach(SharedIndexInformer::close);
    jobSets.forEach(SharedIndexInformer::close);
    events.forEach(SharedIndexInformer::close);
  }
}
