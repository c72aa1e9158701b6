package org.omnimamba.hub.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.omnimamba.hub.FetchException;
import org.omnimamba.hub.UnreachableException;

/** Counts the failures of one thing that is tried several times, and pauses between them. */
public final class Attempts {
  private final RetryPolicy policy;
  private final Pause pause;
  private final String host;
  private int failures;

  Attempts(RetryPolicy policy, Pause pause, String host) {
    this.policy = policy;
    this.pause = pause;
    this.host = host;
  }

  /** Something went well: the count begins anew. */
  public void progressed() {
    failures = 0;
  }

  /**
   * Pauses before the next try.
   *
   * @throws UnreachableException if there is none
   * @throws FetchException if another try cannot help
   */
  public void failed(IOException failure) throws InterruptedException {
    if (failure instanceof SSLHandshakeException && !(failure.getCause() instanceof EOFException)) {
      throw new FetchException(
          ("there is no safe connection to %s (%s); if a proxy here has a certificate of its own,"
                  + " let Java trust it (-Djavax.net.ssl.trustStore in OMNIMAMBA_JAVA_OPTS)")
              .formatted(host, failure.getMessage()),
          failure);
    }
    failures++;
    boolean unreachable = isUnreachable(failure);
    if (failures >= (unreachable ? policy.unreachable() : policy.attempts())) {
      throw new UnreachableException(
          "%s %s%s"
              .formatted(host, reason(failure), failures > 1 ? ", " + failures + " times" : ""),
          unreachable
              ? "is there a network, or a proxy that HTTPS_PROXY should name?"
              : "run the same command later: what is here already is kept",
          failure);
    }
    Duration asked = failure instanceof TransientFailure t ? t.asked() : null;
    if (asked != null && asked.compareTo(policy.longestAsked()) > 0) {
      throw new UnreachableException(
          "%s asks to wait for %d minutes".formatted(host, asked.toMinutes()),
          "run the same command then: what is here already is kept",
          failure);
    }
    pause.pause(asked != null ? asked : policy.pauseAfter(failures));
  }

  private static boolean isUnreachable(IOException failure) {
    return failure instanceof ConnectException
        || failure instanceof UnknownHostException
        || failure instanceof java.net.http.HttpConnectTimeoutException;
  }

  private static String reason(IOException failure) {
    if (failure instanceof TransientFailure) {
      return String.valueOf(failure.getMessage());
    }
    if (failure instanceof UnknownHostException || isUnresolved(failure)) {
      return "is not a known host";
    }
    if (failure instanceof ConnectException) {
      return "cannot be reached";
    }
    if (failure instanceof HttpTimeoutException) {
      return "does not answer";
    }
    return "cuts the connection";
  }

  private static boolean isUnresolved(@Nullable Throwable failure) {
    for (Throwable at = failure; at != null; at = at.getCause()) {
      if (at instanceof UnresolvedAddressException) {
        return true;
      }
    }
    return false;
  }
}
