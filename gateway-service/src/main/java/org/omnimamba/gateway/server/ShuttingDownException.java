package org.omnimamba.gateway.server;

/** The process ends before a request could. */
public final class ShuttingDownException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ShuttingDownException() {
    super("the process is being stopped", null, false, false);
  }
}
