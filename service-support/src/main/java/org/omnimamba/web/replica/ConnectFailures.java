package org.omnimamba.web.replica;

import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.List;

/** Failures before a byte of a request was sent, so that sending it again sends it once. */
public final class ConnectFailures {
  /**
   * No listener or too slow a one, no name, no route, no port of our own. Netty's own exceptions
   * extend these.
   */
  private static final List<Class<? extends Throwable>> NEVER_CONNECTED =
      List.of(
          ConnectException.class,
          UnknownHostException.class,
          NoRouteToHostException.class,
          BindException.class);

  private ConnectFailures() {}

  /** Whether the request never left this process. Looks at the causes, too. */
  public static boolean neverSent(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      Throwable seen = cause;
      if (NEVER_CONNECTED.stream().anyMatch(type -> type.isInstance(seen))) {
        return true;
      }
    }
    return false;
  }
}
