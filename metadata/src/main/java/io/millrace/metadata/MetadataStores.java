package io.millrace.metadata;

import io.millrace.metadata.database.Database;
import io.millrace.metadata.history.RunHistory;
import io.millrace.metadata.metaflow.Artifacts;
import io.millrace.metadata.metaflow.Facts;
import io.millrace.metadata.metaflow.Runs;
import io.millrace.metadata.metaflow.Tasks;
import io.millrace.metadata.refusal.Refusal;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;

/** The stores, made when a resource first asks for them. */
@ApplicationScoped
class MetadataStores {
  private final MetadataParts parts;
  private final MetadataConfig config;

  MetadataStores(MetadataParts parts, MetadataConfig config) {
    this.parts = parts;
    this.config = config;
  }

  private Database database() {
    return parts
        .database()
        .orElseThrow(
            () ->
                new Refusal(
                    404,
                    "this replica serves neither Metaflow's metadata nor the run history; start it with millrace.metadata.enabled=true"));
  }

  @Produces
  @Singleton
  Runs runs() {
    return new Runs(database(), Clock.systemUTC(), config.heartbeat().patience());
  }

  @Produces
  @Singleton
  Tasks tasks() {
    return new Tasks(database(), Clock.systemUTC(), config.heartbeat().patience());
  }

  @Produces
  @Singleton
  Artifacts artifacts() {
    return new Artifacts(database(), Clock.systemUTC());
  }

  @Produces
  @Singleton
  Facts facts() {
    return new Facts(database(), Clock.systemUTC());
  }

  @Produces
  @Singleton
  RunHistory history() {
    return new RunHistory(database());
  }
}
