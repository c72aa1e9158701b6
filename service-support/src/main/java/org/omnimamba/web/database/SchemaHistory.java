package org.omnimamba.web.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.jspecify.annotations.Nullable;

/**
 * One family of migrations and Flyway's table for what was applied of them. Families that share a
 * database keep a history each, so that every history only grows at its end; migrations beyond the
 * newest that this program knows are a later version's and do not stop it.
 *
 * @param table Flyway's table
 * @param location where the migrations are
 * @param earlier the table that held this history before, if there was one
 */
public record SchemaHistory(String table, String location, @Nullable Earlier earlier) {
  /** A migration that waits for a lock makes all later statements on the table wait behind it. */
  private static final String LOCK_TIMEOUT = "SET lock_timeout = '5s'";

  /** The version of a database with tables of other families only. */
  private static final String NOTHING = "0";

  /**
   * A table that held the history before this one. It is read and never written, so programs of
   * that time still find in it what they left.
   *
   * @param table Flyway's table of that time
   * @param last its last migration of this family
   * @param baseline the migration of this history up to which that is the same
   */
  public record Earlier(String table, String last, String baseline) {}

  /**
   * Applies what is missing. Several programs may do so at once: Flyway has them take turns.
   *
   * @throws IncompatibleDatabaseException if the tables are not what this version can continue
   */
  void migrate(DataSource database) throws SQLException {
    try {
      flyway(database, baseline(database)).migrate();
    } catch (FlywayException e) {
      if (e instanceof FlywayValidateException || DatabaseFailure.lasts(e)) {
        throw new IncompatibleDatabaseException(
            "The migrations recorded in " + table + " cannot be continued. " + e.getMessage(), e);
      }
      throw e;
    }
  }

  /** The migrations that are missing, as one text; empty when there are none. */
  String missing(DataSource database) throws SQLException {
    return Arrays.stream(flyway(database, baseline(database)).info().pending())
        .map(migration -> "V" + migration.getVersion())
        .collect(Collectors.joining(", "));
  }

  private Flyway flyway(DataSource database, String baseline) {
    return Flyway.configure()
        .dataSource(database)
        .initSql(LOCK_TIMEOUT)
        .table(table)
        .locations(location)
        .ignoreMigrationPatterns("*:future")
        .baselineOnMigrate(true)
        .baselineVersion(MigrationVersion.fromVersion(baseline))
        .load();
  }

  /** From which migration on a database is migrated that has tables and not this history. */
  private String baseline(DataSource database) throws SQLException {
    if (earlier == null) {
      return NOTHING;
    }
    try (Connection connection = database.getConnection()) {
      if (exists(connection, table) || !exists(connection, earlier.table())) {
        return NOTHING;
      }
      try (Statement statement = connection.createStatement();
          ResultSet applied =
              statement.executeQuery(
                  "SELECT FROM %s WHERE version = '%s' AND success"
                      .formatted(earlier.table(), earlier.last()))) {
        if (applied.next()) {
          return earlier.baseline();
        }
      }
      throw new IncompatibleDatabaseException(
          "The tables recorded in %s are older than this version can take over: migration %s is missing."
                  .formatted(earlier.table(), earlier.last())
              + " Start the last version that knows this table on the database once, then this"
              + " one.");
    }
  }

  private static boolean exists(Connection connection, String table) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
      statement.setString(1, table);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    }
  }
}
