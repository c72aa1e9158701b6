package org.omnimamba.web.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closed until the database has been reached and its tables are those that this version needs, then
 * open for good.
 *
 * <p>The first attempt is made before the service is up. If it fails, others follow in the
 * background, at growing distances, for as long as it takes; what is logged is each new reason,
 * once. What no waiting mends (a server that is too old, tables that cannot be continued) ends the
 * start when the first attempt finds it.
 */
public final class DatabaseGate implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DatabaseGate.class);
  private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private final Database database;
  private final DatabaseCheck check;
  private final List<SchemaHistory> histories;
  private final MigrateMode mode;
  private final ScheduledExecutorService retries =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "database-gate");
            thread.setDaemon(true);
            return thread;
          });

  private final List<Runnable> waiting = new ArrayList<>();
  private boolean open;
  private @Nullable String reason;
  private int attempts;

  DatabaseGate(Database database, List<SchemaHistory> histories, MigrateMode mode) {
    this.database = database;
    this.check = new DatabaseCheck(database);
    this.histories = histories;
    this.mode = mode;
  }

  /** Makes the first attempt, and sees to the others. */
  void start() {
    if (!attempt()) {
      later(FIRST_WAIT);
    }
  }

  /** Whether the tables can be used. */
  public synchronized boolean isOpen() {
    return open;
  }

  /** Why the gate is still closed, in one line; null when it is open. */
  public synchronized @Nullable String reason() {
    return reason;
  }

  /** Does something as soon as the tables can be used: at once, or later on another thread. */
  public void whenOpen(Runnable action) {
    synchronized (this) {
      if (!open) {
        waiting.add(action);
        return;
      }
    }
    action.run();
  }

  @Override
  public void close() {
    retries.shutdownNow();
  }

  private void later(Duration wait) {
    retries.schedule(() -> retry(wait), wait.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void retry(Duration waited) {
    boolean done;
    try {
      done = attempt();
    } catch (IncompatibleDatabaseException e) {
      closed(e);
      done = false;
    }
    if (!done && !retries.isShutdown()) {
      Duration next = waited.multipliedBy(2);
      later(next.compareTo(LONGEST_WAIT) < 0 ? next : LONGEST_WAIT);
    }
  }

  /**
   * Tries to open the gate.
   *
   * @return whether it is open now
   * @throws IncompatibleDatabaseException if trying again would not help
   */
  boolean attempt() {
    try {
      check.run();
      for (SchemaHistory history : histories) {
        if (mode == MigrateMode.FALSE) {
          String missing = history.missing(database.queries());
          if (!missing.isEmpty()) {
            closed("migrations are still to be applied by the step that does so: " + missing);
            return false;
          }
        } else {
          history.migrate(database.migrations());
        }
      }
    } catch (SQLException | FlywayException e) {
      closed(e);
      return false;
    }
    opened();
    return true;
  }

  private void closed(Exception failure) {
    log.debug("attempt failed", failure);
    closed(DatabaseFailure.describe(failure, database.address()));
  }

  private synchronized void closed(String why) {
    attempts++;
    if (!why.equals(reason)) {
      log.warn("The database is not ready and will be tried again until it is: {}", why);
    }
    reason = why;
  }

  private void opened() {
    List<Runnable> actions;
    synchronized (this) {
      open = true;
      reason = null;
      actions = List.copyOf(waiting);
      waiting.clear();
      if (attempts > 0) {
        log.info("The database is ready, after {} attempts that failed", attempts);
      }
    }
    for (Runnable action : actions) {
      try {
        action.run();
      } catch (RuntimeException e) {
        log.error("what waited for the database could not start", e);
      }
    }
  }
}
