package org.omnimamba.gateway.access;

import static org.omnimamba.gateway.access.Scope.ADMIN;
import static org.omnimamba.gateway.access.Scope.INFERENCE;
import static org.omnimamba.gateway.access.Scope.JOBS;
import static org.springframework.http.HttpMethod.DELETE;
import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.PATCH;
import static org.springframework.http.HttpMethod.POST;
import static org.springframework.http.HttpMethod.PUT;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.omnimamba.gateway.errors.ApiException;
import org.omnimamba.gateway.errors.ErrorTranslator;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.PathContainer;
import org.springframework.stereotype.Component;

/** Everything that is served. What no line covers does not exist for a client. */
@Component
final class AccessTable {
  private static final List<AccessRule> RULES =
      List.of(
          AccessRule.of("/v1/chat/completions", INFERENCE, POST),
          AccessRule.of("/v1/images/generations", INFERENCE, POST),
          // The address itself is the right to it, as with OpenAI.
          AccessRule.of("/v1/images/files/{name}", null, GET),
          AccessRule.of("/v1/models", INFERENCE, GET),
          AccessRule.of("/v1/models/{model}", INFERENCE, GET),
          AccessRule.of("/v1/responses", INFERENCE, POST),
          AccessRule.of("/v1/responses/{id}", INFERENCE, GET, DELETE),
          AccessRule.of("/v1/responses/{id}/cancel", INFERENCE, POST),
          AccessRule.of("/v1/responses/{id}/input_items", INFERENCE, GET),
          AccessRule.of("/mcp", INFERENCE, POST),
          AccessRule.of("/v1/files", JOBS, GET, POST),
          AccessRule.of("/v1/files/{id}", JOBS, GET, DELETE),
          AccessRule.of("/v1/files/{id}/content", JOBS, GET),
          AccessRule.of("/v1/batches", JOBS, GET, POST),
          AccessRule.of("/v1/batches/{id}", JOBS, GET),
          AccessRule.of("/v1/batches/{id}/cancel", JOBS, POST),
          AccessRule.of("/v1/jobs/**", JOBS, GET, POST, PUT, PATCH, DELETE),
          AccessRule.of("/v1/webhook-endpoints/**", JOBS, GET, POST, PUT, PATCH, DELETE),
          AccessRule.of("/v1/usage", INFERENCE, GET),
          AccessRule.of("/admin/v1/usage", ADMIN, GET),
          AccessRule.of("/admin/v1/keys", ADMIN, GET, POST),
          AccessRule.of("/admin/v1/keys/{id}", ADMIN, GET, DELETE),
          AccessRule.of("/v3/api-docs", null, GET),
          AccessRule.of("/", null, GET),
          AccessRule.of("/playground/**", null, GET),
          AccessRule.of("/livez", null, GET),
          AccessRule.of("/readyz", null, GET));

  /**
   * The rule that covers a request.
   *
   * @throws ApiException 404 if no rule covers the path, 405 if none covers the method
   */
  AccessRule find(String path, HttpMethod method) {
    // First, since some look like the id of something: /v1/responses/compact.
    Optional<ApiException> other = OtherEndpoints.hint(path);
    if (other.isPresent()) {
      throw other.get();
    }
    PathContainer requested = PathContainer.parsePath(path);
    List<AccessRule> covering = RULES.stream().filter(rule -> rule.covers(requested)).toList();
    if (covering.isEmpty()) {
      throw ErrorTranslator.notFound();
    }
    return covering.stream()
        .filter(rule -> rule.methods().contains(method))
        .findFirst()
        .orElseThrow(() -> notAllowed(covering));
  }

  private static ApiException notAllowed(List<AccessRule> covering) {
    Set<String> allowed =
        covering.stream()
            .flatMap(rule -> rule.methods().stream())
            .map(HttpMethod::name)
            .collect(Collectors.toCollection(TreeSet::new));
    return ApiException.invalidRequest(
            HttpStatus.METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "This address allows " + String.join(", ", allowed) + ".")
        .header("Allow", String.join(", ", allowed));
  }
}
