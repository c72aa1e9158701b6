package org.omnimamba.gateway.access;

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

  static AccessRule of(String pattern, @Nullable Scope scope, HttpMethod... methods) {
    return new AccessRule(PathPatternParser.defaultInstance.parse(pattern), Set.of(methods), scope);
  }

  boolean covers(PathContainer requested) {
    return path.matches(requested);
  }
}
