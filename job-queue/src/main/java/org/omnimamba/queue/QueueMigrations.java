package org.omnimamba.queue;

/**
 * Where the library keeps its Flyway migrations (versions V100 to V199, PostgreSQL 16 or newer) and
 * the name of their history.
 *
 * <p>A program with tables of its own keeps a history of its own beside this one, whatever its
 * numbers: then each history only grows at its end, and an older version of the program takes what
 * it does not know yet for future migrations, which Flyway accepts. See the package documentation
 * for what a migration may change.
 */
public final class QueueMigrations {

  /** A Flyway location. */
  public static final String LOCATION = "classpath:org/omnimamba/queue/migration";

  /** Flyway's table for what was applied of them. */
  public static final String HISTORY = "queue_schema_history";

  private QueueMigrations() {}
}
