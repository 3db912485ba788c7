package io.millrace.metadata;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Metaflow's metadata service and the run history of this replica. */
@ConfigMapping(prefix = "millrace.metadata")
public interface MetadataConfig {

  /** Whether this replica serves them; the others need no database. */
  @WithDefault("false")
  boolean enabled();

  /** The folder of the database in a file, for one replica; unused where a URL is set. */
  @WithDefault(".millrace/metadata")
  Path folder();

  /**
   * This replica's name among those that read the events, its own and the same after a restart:
   * then its successor goes on at once.
   */
  Optional<String> member();

  DatabaseConfig database();

  HeartbeatConfig heartbeat();

  /** A database server instead of the file. */
  interface DatabaseConfig {
    /** {@code jdbc:postgresql://host:5432/name}; any number of replicas can share it. */
    Optional<String> url();

    Optional<String> username();

    /** Set it by the environment, from a secret. */
    Optional<String> password();

    /** Connections that this replica opens at most. */
    @WithDefault("16")
    int connections();
  }

  /** The heartbeats of Metaflow's clients. */
  interface HeartbeatConfig {
    /** How often clients are told to send one. */
    @WithDefault("10s")
    Duration interval();

    /** After such a silence what nobody else knows the end of counts as failed. */
    @WithDefault("1m")
    Duration patience();
  }
}
