package io.millrace.metadata.database;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Empty databases for tests, of both kinds. */
public final class Databases {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static EmbeddedPostgres server;

  private Databases() {}

  /** One in a new folder, which is removed with the test's own. */
  public static Database.Place inFolder(Path parent) {
    try {
      return Database.Place.inFolder(Files.createTempDirectory(parent, "metadata"), 16);
    } catch (IOException unwritable) {
      throw new UncheckedIOException(unwritable);
    }
  }

  /** One on a PostgreSQL server that runs until this JVM ends. */
  public static synchronized Database.Place onPostgres() {
    try {
      if (server == null) {
        server = EmbeddedPostgres.start();
      }
      String name = "metadata" + COUNT.incrementAndGet();
      try (var connection = server.getPostgresDatabase().getConnection();
          var statement = connection.createStatement()) {
        statement.execute("create database " + name);
      }
      String url = server.getJdbcUrl("postgres", name).replaceAll("[?&].*", "");
      return new Database.Place(url, Optional.of("postgres"), Optional.empty(), 16);
    } catch (IOException | SQLException failed) {
      throw new IllegalStateException("no PostgreSQL server could be started", failed);
    }
  }
}
