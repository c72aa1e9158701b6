package org.omnimamba.jobs.testing;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.omnimamba.queue.testing.TestDatabase;

/**
 * Places in a database at which transactions stop until they are let go on: triggers that wait for
 * advisory locks, which this holds.
 */
public final class Gates implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Tells these advisory locks from those of the programs. */
  private static final int LOCKS = 4711;

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final TestDatabase database;
  private final Connection holder;

  /** No gates so far. */
  public Gates(TestDatabase database) throws SQLException {
    this.database = database;
    this.holder =
        DriverManager.getConnection(database.jdbcUrl(), database.username(), database.password());
    database.execute(
        "CREATE OR REPLACE FUNCTION wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            + " PERFORM pg_advisory_xact_lock_shared(%d, TG_ARGV[0]::integer); RETURN NEW; END $$"
                .formatted(LOCKS));
  }

  /**
   * In the middle of a statement: before it writes the row for which the condition holds.
   *
   * @param change such as {@code INSERT ON batch_line}
   * @param condition about {@code OLD} and {@code NEW}
   */
  public Gate inStatement(String change, String condition) throws SQLException {
    return gate("CREATE TRIGGER gate_%d BEFORE " + change, condition);
  }

  /**
   * In the commit of a transaction that has changed a row for which the condition holds: all of it
   * is there once the gate opens, whether or not the program still lives.
   */
  public Gate inCommit(String change, String condition) throws SQLException {
    return gate(
        "CREATE CONSTRAINT TRIGGER gate_%d AFTER " + change + " DEFERRABLE INITIALLY DEFERRED",
        condition);
  }

  private Gate gate(String trigger, String condition) throws SQLException {
    int number = NUMBER.incrementAndGet();
    lock("pg_advisory_lock", number);
    database.execute(
        trigger.formatted(number)
            + " FOR EACH ROW WHEN (%s) EXECUTE FUNCTION wait_at_gate('%d')"
                .formatted(condition, number));
    return new Gate(number);
  }

  private void lock(String function, int number) throws SQLException {
    try (Statement statement = holder.createStatement()) {
      statement.execute("SELECT %s(%d, %d)".formatted(function, LOCKS, number));
    }
  }

  /** Opens all gates. */
  @Override
  public void close() throws SQLException {
    holder.close();
  }

  /** One place. */
  public final class Gate {
    private final int number;

    private Gate(int number) {
      this.number = number;
    }

    /** Waits until a transaction stands here, and gives its program's {@code applicationName}. */
    public String awaitProgram() {
      return await()
          .atMost(PATIENCE)
          .until(
              () ->
                  database.text(
                      "SELECT coalesce(min(a.application_name), '')"
                          + " FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                          + " WHERE l.locktype = 'advisory' AND NOT l.granted"
                          + " AND a.datname = current_database()"
                          + " AND l.classid = %d AND l.objid = %d".formatted(LOCKS, number)),
              program -> !program.isEmpty());
    }

    /** Lets go on what stands here, and whatever comes later. */
    public void open() throws SQLException {
      lock("pg_advisory_unlock", number);
    }
  }
}
