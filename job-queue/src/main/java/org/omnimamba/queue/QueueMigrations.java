package org.omnimamba.queue;

/**
 * Where the library keeps its Flyway migrations (versions V100 to V199, PostgreSQL 18).
 *
 * <p>A program with tables of its own numbers its migrations from V200 and sets Flyway's {@code
 * outOfOrder}: a later version of this library brings migrations with numbers below the program's.
 */
public final class QueueMigrations {

  /** A Flyway location. */
  public static final String LOCATION = "classpath:org/omnimamba/queue/migration";

  private QueueMigrations() {}
}
