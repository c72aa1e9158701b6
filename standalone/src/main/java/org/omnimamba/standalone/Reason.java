package org.omnimamba.standalone;

/** Why something failed, in one line. */
public final class Reason {
  private Reason() {}

  /** The message and, where it adds something, its cause's; the type where there is no message. */
  public static String of(Throwable failure) {
    String own = failure.getMessage() == null ? failure.getClass().getName() : failure.getMessage();
    Throwable cause = failure.getCause();
    if (cause == null || cause == failure) {
      return own;
    }
    String reason = of(cause);
    return own.contains(reason) ? own : own + ": " + reason;
  }
}
