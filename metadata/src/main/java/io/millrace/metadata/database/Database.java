package io.millrace.metadata.database;

import io.agroal.api.AgroalDataSource;
import io.agroal.api.configuration.AgroalConnectionPoolConfiguration.ExceptionSorter;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import io.agroal.api.security.NamePrincipal;
import io.agroal.api.security.SimplePassword;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.output.MigrateResult;
import org.jboss.logging.Logger;
import org.jdbi.v3.core.Jdbi;

/**
 * An open database whose tables are those that this version works with. Both kinds get the same
 * statements; H2 takes them in its PostgreSQL mode.
 */
public final class Database implements AutoCloseable {
  private static final Logger LOG = Logger.getLogger(Database.class);
  private static final Duration A_CONNECTION_TAKES_AT_MOST = Duration.ofSeconds(10);

  /** SQLSTATE's class of connections that failed; PostgreSQL's class of a server that stops. */
  private static final String CONNECTION = "08";

  private static final String STOPPING = "57P";

  private static final String DATA = "22";

  private final AgroalDataSource pool;
  private final Jdbi jdbi;

  private Database(AgroalDataSource pool) {
    this.pool = pool;
    this.jdbi = Jdbi.create(pool);
  }

  /**
   * Where a database is.
   *
   * @param url JDBC's
   * @param username empty where the server asks for none
   * @param password empty where the server asks for none
   * @param connections that are opened at most
   */
  public record Place(
      String url, Optional<String> username, Optional<String> password, int connections) {

    /**
     * A database in a file of a folder, which this process has for itself.
     *
     * <p>A commit is in the file before it is answered (WRITE_DELAY), so that a process that is
     * killed has lost nothing that it acknowledged. It is not forced to the disk: a machine that
     * loses power may lose the last moments.
     */
    public static Place inFolder(Path folder, int connections) {
      String url =
          "jdbc:h2:file:%s;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;WRITE_DELAY=0;LOCK_TIMEOUT=10000;DB_CLOSE_ON_EXIT=FALSE"
              .formatted(folder.toAbsolutePath().normalize().resolve("metadata"));
      return new Place(url, Optional.of("millrace"), Optional.empty(), connections);
    }

    /** For messages: without what may follow the address. */
    @Override
    public String toString() {
      return url.split("[?;]", 2)[0];
    }
  }

  /**
   * Connects, creates or upgrades the tables.
   *
   * @throws IllegalStateException when the database cannot be used; the message says which and why
   */
  public static Database open(Place place) {
    AgroalDataSource pool;
    try {
      pool = AgroalDataSource.from(settings(place));
    } catch (SQLException refused) {
      throw unusable(place, refused);
    }
    try {
      MigrateResult migrated =
          Flyway.configure(Database.class.getClassLoader())
              .dataSource(pool)
              .locations("classpath:io/millrace/metadata/database")
              .table("millrace_schema")
              .load()
              .migrate();
      LOG.debugf("database=%s migrations=%d", place, migrated.migrationsExecuted);
      return new Database(pool);
    } catch (FlywayException failed) {
      pool.close();
      throw unusable(place, failed);
    }
  }

  private static AgroalDataSourceConfigurationSupplier settings(Place place) {
    return new AgroalDataSourceConfigurationSupplier()
        .metricsEnabled(false)
        .connectionPoolConfiguration(
            connections ->
                connections
                    .maxSize(place.connections())
                    .acquisitionTimeout(A_CONNECTION_TAKES_AT_MOST)
                    // One that the server has closed is not handed out again.
                    .exceptionSorter(sorter())
                    .validateOnBorrow(false)
                    .idleValidationTimeout(Duration.ofSeconds(5))
                    .connectionValidator(
                        io.agroal.api.configuration.AgroalConnectionPoolConfiguration
                            .ConnectionValidator.defaultValidator())
                    .connectionFactoryConfiguration(
                        factory -> {
                          factory.jdbcUrl(place.url());
                          place.username().map(NamePrincipal::new).ifPresent(factory::principal);
                          place.password().map(SimplePassword::new).ifPresent(factory::credential);
                          return factory;
                        }));
  }

  private static ExceptionSorter sorter() {
    return Database::isOutage;
  }

  private static IllegalStateException unusable(Place place, Exception why) {
    return new IllegalStateException(
        "the metadata database %s cannot be used: %s; check millrace.metadata.database.url, .username and .password, or, for the database in a file, that no other process has it (millrace.metadata.folder)"
            .formatted(place, why.getMessage()),
        why);
  }

  /** Runs statements and transactions. */
  public Jdbi jdbi() {
    return jdbi;
  }

  /** Whether a failure means that the database cannot be reached now, and may be later. */
  public static boolean isOutage(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql && isOutage(sql)) {
        return true;
      }
    }
    return failure instanceof org.jdbi.v3.core.ConnectionException;
  }

  private static boolean isOutage(SQLException failure) {
    String state = failure.getSQLState();
    return state != null && (state.startsWith(CONNECTION) || state.startsWith(STOPPING));
  }

  /** Whether a value that was sent is none that a column can hold, such as a text with a NUL. */
  public static boolean isUnfitValue(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql
          && sql.getSQLState() != null
          && sql.getSQLState().startsWith(DATA)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void close() {
    pool.close();
  }
}
