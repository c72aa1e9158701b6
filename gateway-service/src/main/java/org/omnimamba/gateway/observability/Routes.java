package org.omnimamba.gateway.observability;

import java.util.List;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Names of addresses without what is different in each. There are these and no others, so whatever
 * clients make up, a metric's tag takes few values.
 */
final class Routes {
  static final String OTHER = "other";

  /** The first that matches counts, so fixed names stand before identifiers. */
  private static final List<PathPattern> TEMPLATES =
      List.of(
              "/v1/chat/completions",
              "/v1/images/generations",
              "/v1/images/files/{name}",
              "/v1/models",
              "/v1/models/{model}",
              "/v1/responses",
              "/v1/responses/{id}",
              "/v1/responses/{id}/cancel",
              "/v1/responses/{id}/input_items",
              "/v1/files",
              "/v1/files/{id}",
              "/v1/files/{id}/content",
              "/v1/batches",
              "/v1/batches/{id}",
              "/v1/batches/{id}/cancel",
              "/v1/jobs",
              "/v1/jobs/redrive",
              "/v1/jobs/openapi.json",
              "/v1/jobs/{id}",
              "/v1/jobs/{id}/cancel",
              "/v1/jobs/{id}/content",
              "/v1/jobs/{id}/deliveries",
              "/v1/jobs/{id}/events",
              "/v1/jobs/{id}/redrive",
              "/v1/webhook-endpoints",
              "/v1/webhook-endpoints/default-secret",
              "/v1/webhook-endpoints/deliveries/{id}",
              "/v1/webhook-endpoints/deliveries/{id}/replay",
              "/v1/webhook-endpoints/{id}",
              "/v1/webhook-endpoints/{id}/deliveries",
              "/v1/webhook-endpoints/{id}/rotate-secret",
              "/v1/usage",
              "/admin/v1/usage",
              "/admin/v1/keys",
              "/admin/v1/keys/{id}",
              "/mcp",
              "/v3/api-docs",
              "/",
              "/playground/{file}",
              "/livez",
              "/readyz")
          .stream()
          .map(PathPatternParser.defaultInstance::parse)
          .toList();

  private Routes() {}

  static String of(String path) {
    PathContainer requested = PathContainer.parsePath(path);
    return TEMPLATES.stream()
        .filter(template -> template.matches(requested))
        .findFirst()
        .map(PathPattern::getPatternString)
        .orElse(OTHER);
  }
}
