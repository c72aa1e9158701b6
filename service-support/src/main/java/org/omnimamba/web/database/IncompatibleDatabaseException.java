package org.omnimamba.web.database;

/** The database cannot be used by this version, however long one waits. */
public final class IncompatibleDatabaseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param message what is wrong and what can be done
   */
  IncompatibleDatabaseException(String message) {
    super(message);
  }

  IncompatibleDatabaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
