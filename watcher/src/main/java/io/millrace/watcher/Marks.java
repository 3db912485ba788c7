package io.millrace.watcher;

import java.util.Set;

/**
 * The labels and annotations by which objects of Millrace are found and understood. Those that
 * begin with {@code metaflow/} and {@code app.kubernetes.io/} are for people; programs go by the
 * others.
 */
public final class Marks {
  /** Label: the installation that an object belongs to. */
  public static final String INSTALLATION = "millrace.io/installation";

  /** Label: the name of the attempt's object, on it and on everything that it brings about. */
  public static final String OBJECT = "millrace.io/object";

  /** Annotation: the {@link Identity}. */
  public static final String IDENTITY = "millrace.io/identity";

  /** Annotation: the {@link Stop}, on an object that must never run (any more). */
  public static final String STOPPED = "millrace.io/stopped";

  /**
   * Annotation, scheduling gate and node label: on a stopped object that was made only to hold a
   * name, and so never ran.
   */
  public static final String TOMBSTONE = "millrace.io/tombstone";

  /** Annotation: until when a late order for this attempt may come; the name is held till then. */
  public static final String NOT_AFTER = "millrace.io/not-after";

  /** Annotation: how many seconds a bare pod is kept after its end. */
  public static final String TTL = "millrace.io/ttl-seconds";

  /** Annotation: how many pods the attempt has. */
  public static final String MEMBERS = "millrace.io/members";

  /** Finalizer of bare pods, so that none is gone before its end is known. */
  public static final String OBSERVED = "millrace.io/observed";

  /** Annotation of Kubernetes' own: the step's container among the pod's. */
  public static final String MAIN_CONTAINER = "kubectl.kubernetes.io/default-container";

  /** The group of JobSets. */
  public static final String JOBSET_GROUP = "jobset.x-k8s.io";

  /** The version of JobSets. */
  public static final String JOBSET_VERSION = "v1alpha2";

  /** The JobSet controller's label: which of a JobSet's two kinds of Job this is. */
  public static final String REPLICATED_JOB = "jobset.sigs.k8s.io/replicatedjob-name";

  /** The JobSet controller's label: the number of a Job in its kind. */
  public static final String JOB_INDEX = "jobset.sigs.k8s.io/job-index";

  /** The labels that programs go by. */
  static final Set<String> LABELS = Set.of(INSTALLATION, OBJECT, REPLICATED_JOB, JOB_INDEX);

  /** The annotations that programs go by. */
  static final Set<String> ANNOTATIONS =
      Set.of(IDENTITY, STOPPED, TOMBSTONE, NOT_AFTER, TTL, MEMBERS, MAIN_CONTAINER);

  /** A gang's first member. */
  public static final String CONTROL = "control";

  /** A gang's further members. */
  public static final String WORKER = "worker";

  private Marks() {}
}
