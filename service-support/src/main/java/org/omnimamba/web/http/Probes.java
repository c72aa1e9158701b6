package org.omnimamba.web.http;

import java.util.Set;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Requests that only ask how a service is, or was. They come often. */
public final class Probes {
  private static final Set<String> PATHS = Set.of("/livez", "/readyz");

  /** Before the ticket of a request that is over, when one service asks another what it used. */
  public static final String ABOUT_USAGE = "/internal/usage/";

  private Probes() {}

  /** Whether the request asks for liveness or readiness on the service's own port. */
  public static boolean isProbe(ServerHttpRequest request) {
    return PATHS.contains(request.getURI().getRawPath());
  }

  /**
   * Whether the request is a probe, asks for health or metrics on the management port, or is one
   * service's question to another about a request that is over.
   */
  public static boolean isMonitoring(ServerHttpRequest request) {
    String path = request.getURI().getRawPath();
    return PATHS.contains(path)
        || path.equals("/actuator")
        || path.startsWith("/actuator/")
        || path.startsWith(ABOUT_USAGE);
  }
}
