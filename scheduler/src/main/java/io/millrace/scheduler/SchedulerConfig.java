package io.millrace.scheduler;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that can be set, under {@code millrace.}; Kafka's own settings stand under {@code
 * kafka.}.
 */
@ConfigMapping(prefix = "millrace")
public interface SchedulerConfig {

  /** What a replica does. */
  enum Role {
    SCHEDULER,
    WATCHER,
    API
  }

  /** What carries orders out. */
  enum ExecutorKind {
    /** Processes of this machine. */
    PROCESS,
    /** Jobs, pods and JobSets of a Kubernetes. */
    KUBERNETES,
    /** Nothing here: another program reads the orders topic and appends observations. */
    EXTERNAL
  }

  /** What this replica does; each role can have a deployment and rights of its own. */
  @WithDefault("scheduler,watcher,api")
  Set<Role> roles();

  /**
   * This replica's name, its own among the installation's and the same after a restart: a pod's
   * name, a host's name.
   */
  @WithDefault("${HOSTNAME:local}")
  String replica();

  /** How many partitions new topics get; topics that exist keep theirs. */
  @WithDefault("6")
  int partitions();

  /** What runs the steps. */
  @WithDefault("process")
  ExecutorKind executor();

  /** The folder in which the process executor keeps everything. */
  @WithDefault(".millrace/executor")
  Path data();

  /**
   * For crash tests: the process halts when it reaches this {@link Milestones.Milestone}, or, with
   * a number behind a colon, when it reaches it the n-th time.
   */
  Optional<String> haltAt();

  TopicsConfig topics();

  LoopConfig loop();

  LeaseConfig lease();

  LaunchConfig launch();

  LimitsConfig limits();

  ObjectsConfig objects();

  ApiConfig api();

  /** The topics. */
  interface TopicsConfig {
    /** Put before every name, so that two installations can share a broker. */
    Optional<String> prefix();

    /** Whether missing topics are created; otherwise their lack ends the start. */
    @WithDefault("true")
    boolean create();
  }

  /** The engine's loop. */
  interface LoopConfig {
    /** The loop pauses while its oldest decision has waited so long for a checkpoint. */
    @WithDefault("5s")
    Duration mostBehind();

    /** The loop pauses while so many commands wait for a checkpoint. */
    @WithDefault("20000")
    int mostCommandsBehind();

    /**
     * How long a checkpoint of a partition gathers decisions before it is written. Events are
     * public so much later; the broker's time goes to orders instead.
     */
    @WithDefault("50ms")
    Duration checkpointPause();

    /** How long a dead owner's open transaction may live; a successor ends it at once. */
    @WithDefault("30s")
    Duration transactionTimeout();
  }

  /** Who owns which partition. */
  interface LeaseConfig {
    /** How often a replica says that it is there. */
    @WithDefault("300ms")
    Duration heartbeat();

    /** After such a silence a replica's partitions go to the others. */
    @WithDefault("1500ms")
    Duration duration();
  }

  /** The launcher. */
  interface LaunchConfig {
    /** Orders that are carried out at the same time. */
    @WithDefault("32")
    int inFlight();

    /** From SIGTERM to SIGKILL when the process executor stops a step. */
    @WithDefault("10s")
    Duration grace();

    /** Whether steps that run as processes end with the server. */
    @WithDefault("false")
    boolean stopsSteps();
  }

  /** Bounds over all runs. */
  interface LimitsConfig {
    /** Attempts of all runs at the same time; 0 for no bound. */
    @WithDefault("0")
    int maxParallelTasks();
  }

  /**
   * Where finished runs and kept logs go. At most one of {@code folder}, {@code s3.bucket}, {@code
   * azure.container} and {@code gcs.bucket} is set; without any it is a folder below {@code
   * millrace.data}.
   */
  interface ObjectsConfig {
    /** A folder instead of a bucket. */
    Optional<Path> folder();

    S3Config s3();

    AzureConfig azure();

    GcsConfig gcs();

    /** Put before every key. */
    @WithDefault("millrace/")
    String prefix();

    /** A bucket of anything that speaks S3. Credentials come by the AWS SDK's usual chain. */
    interface S3Config {
      Optional<String> bucket();

      Optional<String> region();

      /** Of a store other than AWS's. */
      Optional<URI> endpoint();

      /** Whether the bucket stands in the path, as most stores other than AWS's want it. */
      @WithDefault("true")
      boolean pathStyle();
    }

    /**
     * A container of Azure Blob Storage. Of the credentials the first one that is set counts; with
     * none, Azure's default chain: a workload identity, a managed identity, a service principal in
     * {@code AZURE_CLIENT_ID} and its like, a login of the command line.
     */
    interface AzureConfig {
      Optional<String> container();

      /** The storage account's name. */
      @WithDefault("${AZURE_STORAGE_ACCOUNT:}")
      Optional<String> account();

      /** Where the account is not at {@code https://<account>.blob.core.windows.net}. */
      Optional<URI> endpoint();

      /** Endpoint and key in one text; set it by the environment, from a secret. */
      @WithDefault("${AZURE_STORAGE_CONNECTION_STRING:}")
      Optional<String> connectionString();

      /** The account's key; set it by the environment, from a secret. */
      @WithDefault("${AZURE_STORAGE_KEY:}")
      Optional<String> key();

      /** A shared access signature; set it by the environment, from a secret. */
      @WithDefault("${AZURE_STORAGE_SAS_TOKEN:}")
      Optional<String> sasToken();
    }

    /**
     * A bucket of Google Cloud Storage. Credentials come by Google's application default
     * credentials: a workload identity, or the file in {@code GOOGLE_APPLICATION_CREDENTIALS}.
     */
    interface GcsConfig {
      Optional<String> bucket();

      /** In place of {@code https://storage.googleapis.com}. */
      Optional<URI> endpoint();

      /** Whether requests go without credentials, as an emulator wants them. */
      @WithDefault("false")
      boolean anonymous();
    }
  }

  /** The API. */
  interface ApiConfig {
    /** Streams that are served at the same time; each has a Kafka consumer. */
    @WithDefault("200")
    int streams();
  }
}
