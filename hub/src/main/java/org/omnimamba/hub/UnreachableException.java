package org.omnimamba.hub;

import org.jspecify.annotations.Nullable;

/** The other side does not answer, or not usefully; what was fetched before may still serve. */
public final class UnreachableException extends FetchException {
  private static final long serialVersionUID = 1L;

  private final String problem;

  /**
   * @param problem in a few words: who does what
   * @param next what to do
   */
  public UnreachableException(String problem, String next, @Nullable Throwable reason) {
    super(problem + "; " + next, reason);
    this.problem = problem;
  }

  /** The message without what to do. */
  public String problem() {
    return problem;
  }
}
