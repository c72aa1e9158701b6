package org.omnimamba.web.database;

/** What a service does with its tables when it starts. */
public enum MigrateMode {
  /** Brings them up to date. */
  TRUE,
  /** Waits until another program has brought them up to date. */
  FALSE,
  /** Brings them up to date and ends. */
  ONLY
}
