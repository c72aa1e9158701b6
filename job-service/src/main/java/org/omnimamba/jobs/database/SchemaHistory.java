package org.omnimamba.jobs.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.Configuration;
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
   * @param settings the database, and all else that is alike for every history
   * @throws IllegalStateException if the tables of an earlier history are too old to be taken over
   */
  void migrate(Configuration settings) throws SQLException {
    Flyway.configure(settings.getClassLoader())
        .configuration(settings)
        .table(table)
        .locations(location)
        .outOfOrder(false)
        .ignoreMigrationPatterns("*:future")
        .baselineOnMigrate(true)
        .baselineVersion(baseline(settings))
        .load()
        .migrate();
  }

  /** From which migration on a database is migrated that has tables and not this history. */
  private MigrationVersion baseline(Configuration settings) throws SQLException {
    MigrationVersion nothing = MigrationVersion.fromVersion("0");
    if (earlier == null) {
      return nothing;
    }
    try (Connection connection = settings.getDataSource().getConnection()) {
      if (exists(connection, table) || !exists(connection, earlier.table())) {
        return nothing;
      }
      try (Statement statement = connection.createStatement();
          ResultSet applied =
              statement.executeQuery(
                  "SELECT FROM %s WHERE version = '%s' AND success"
                      .formatted(earlier.table(), earlier.last()))) {
        if (applied.next()) {
          return MigrationVersion.fromVersion(earlier.baseline());
        }
      }
      throw new IllegalStateException(
          "The tables recorded in %s are older than this version can take over: migration %s is missing."
                  .formatted(earlier.table(), earlier.last())
              + " Start the last version that knows this table on the database once, then this one.");
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
