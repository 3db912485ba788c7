package io.millrace.scheduler.policy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What the installation lets a pod have. It is judged on the finished pod, right before it is sent:
 * whichever way a flow has taken to ask for something, it is there.
 */
@Singleton
public final class Policy {
  private final Optional<Names> namespaces;
  private final Optional<Names> serviceAccounts;
  private final Optional<Names> images;
  private final OptionalInt gangSize;
  private final Ceilings ceilings;
  private final PodRules podRules;
  private final ContainerRules containerRules;

  /**
   * @throws IllegalStateException when a rule cannot be read, with its key
   */
  public Policy(PolicyConfig config) {
    this.namespaces = config.namespaces().map(Names::new);
    this.serviceAccounts = config.serviceAccounts().map(Names::new);
    this.images = config.images().map(Names::new);
    this.gangSize = config.gangSize();
    this.ceilings = new Ceilings(config.ceilings());
    this.podRules = new PodRules(config);
    this.containerRules = new ContainerRules(config);
  }

  /**
   * Everything that a step's pods must not have; empty when they may be launched.
   *
   * @param members how many pods alike it is: 1, or a gang's
   */
  public List<Breach> breaches(String namespace, int members, PodTemplateSpec template) {
    PodSpec pod = template.getSpec();
    var breaches = new Breaches();
    if (gangSize.isPresent() && members > gangSize.getAsInt()) {
      breaches.add(
          "gang-size",
          "the gang has %d members, at most %d are allowed",
          members,
          gangSize.getAsInt());
    }
    require(namespaces, namespace, "namespaces", "the namespace", breaches);
    for (String account : accounts(pod)) {
      require(serviceAccounts, account, "service-accounts", "the service account", breaches);
    }
    containers(pod)
        .forEach(
            container -> {
              String what = "the image of container '" + container.getName() + "'";
              require(images, container.getImage(), "images", what, breaches);
              containerRules.judge(container, breaches);
            });
    pod.getVolumes().stream()
        .filter(volume -> volume.getImage() != null)
        .forEach(
            volume -> {
              String what = "the image of volume '" + volume.getName() + "'";
              require(images, volume.getImage().getReference(), "images", what, breaches);
            });
    podRules.judge(template.getMetadata().getAnnotations(), pod, breaches);
    ceilings.judge(pod, breaches);
    return breaches.all();
  }

  private static Stream<Container> containers(PodSpec pod) {
    return Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream());
  }

  /** The field has an old name that is still heard. */
  private static TreeSet<String> accounts(PodSpec pod) {
    var accounts = new TreeSet<String>();
    Stream.of(pod.getServiceAccountName(), pod.getServiceAccount())
        .filter(name -> name != null && !name.isEmpty())
        .forEach(accounts::add);
    if (accounts.isEmpty()) {
      accounts.add("default");
    }
    return accounts;
  }

  private static void require(
      Optional<Names> allowed, String found, String rule, String what, Breaches breaches) {
    if (allowed.isPresent() && !allowed.get().include(String.valueOf(found))) {
      breaches.add(rule, "%s is %s, allowed are %s", what, found, allowed.get());
    }
  }
}
