package org.omnimamba.jobs.file;

/** The tenant has as many files as it may have. */
public final class TooManyFilesException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int limit;

  TooManyFilesException(int limit) {
    // no stack trace: this is an answer, not a fault
    super("the tenant has " + limit + " files", null, false, false);
    this.limit = limit;
  }

  /** How many files it may have. */
  public int limit() {
    return limit;
  }
}
