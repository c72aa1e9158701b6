package org.omnimamba.gateway.routing;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.http.server.reactive.ServerHttpRequest;

/**
 * How long an answer's head may take. job-service answers out of its database, so a long wait means
 * that it is cut off; only a client that asked to wait ({@code Prefer: wait=N}), a response, which
 * inference-service answers, a stream of events, which may have nothing to say yet, and a file,
 * whose bytes come first, get more.
 */
final class Patience {
  private static final Pattern WAIT =
      Pattern.compile("(?:^|[,;])\\s*wait\\s*=\\s*\"?([0-9]{1,9})", Pattern.CASE_INSENSITIVE);
  private static final Pattern LONG =
      Pattern.compile("/v1/jobs/[^/]+/events|/v1/responses(/[^/]+)?|/v1/files");

  private Patience() {}

  static Duration with(ServerHttpRequest request, String route, RoutingProperties properties) {
    if (route.equals(RouteConfiguration.INFERENCE)
        || LONG.matcher(request.getURI().getRawPath()).matches()) {
      return properties.responseTimeout();
    }
    return wait(request.getHeaders().getOrEmpty("Prefer"), properties.responseTimeout())
        .plus(properties.jobsTimeout());
  }

  /** What the preference asks for, at most {@code most}. */
  private static Duration wait(List<String> preferences, Duration most) {
    for (String preference : preferences) {
      Matcher asked = WAIT.matcher(preference);
      if (asked.find()) {
        Duration wait = Duration.ofSeconds(Long.parseLong(asked.group(1)));
        return wait.compareTo(most) < 0 ? wait : most;
      }
    }
    return Duration.ZERO;
  }
}
