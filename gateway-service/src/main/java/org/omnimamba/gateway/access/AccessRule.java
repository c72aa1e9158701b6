package org.omnimamba.gateway.access;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * One line of the table of what may be asked for.
 *
 * @param scope the scope a key needs, or null where no key is needed
 */
record AccessRule(PathPattern path, Set<HttpMethod> methods, @Nullable Scope scope) {

  /** A line; what can be got can also be asked for its headers alone (HEAD). */
  static AccessRule of(String pattern, @Nullable Scope scope, HttpMethod... methods) {
    Set<HttpMethod> allowed = new HashSet<>(Set.of(methods));
    if (allowed.contains(HttpMethod.GET)) {
      allowed.add(HttpMethod.HEAD);
    }
    return new AccessRule(
        PathPatternParser.defaultInstance.parse(pattern), Set.copyOf(allowed), scope);
  }

  boolean covers(PathContainer requested) {
    return path.matches(requested);
  }
}
