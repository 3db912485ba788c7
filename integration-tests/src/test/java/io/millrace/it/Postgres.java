package io.millrace.it;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;

/** A real PostgreSQL server on a folder, to be stopped and started again by a test. */
public final class Postgres implements AutoCloseable {
  private final Path folder;
  private EmbeddedPostgres server;
  private int port;

  public Postgres(Path folder) throws IOException {
    this.folder = folder;
    start();
  }

  /** Starts it on what is in the folder, at the port that it had before. */
  public void start() throws IOException {
    var builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(folder)
            .setCleanDataDirectory(false)
            // What tests are given by default is a server that forgets when it is killed.
            .setServerConfig("fsync", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("synchronous_commit", "on")
            .setPGStartupWait(Installation.PATIENCE);
    server = (port == 0 ? builder : builder.setPort(port)).start();
    port = server.getPort();
  }

  /** The settings of a scheduler that uses it. */
  public String[] settings() {
    return new String[] {
      "millrace.metadata.enabled=true",
      "millrace.metadata.database.url=jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port),
      "millrace.metadata.database.username=postgres"
    };
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
