package org.omnimamba.queue;

/** Where the library keeps its Flyway migrations (versions V100 to V199, PostgreSQL 18). */
public final class QueueMigrations {

  /** A Flyway location. */
  public static final String LOCATION = "classpath:org/omnimamba/queue/migration";

  private QueueMigrations() {}
}
