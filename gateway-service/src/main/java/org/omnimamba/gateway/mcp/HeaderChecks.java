package org.omnimamba.gateway.mcp;

import io.modelcontextprotocol.spec.HttpHeaders;
import java.util.List;
import java.util.Locale;
import org.omnimamba.gateway.errors.ApiException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.server.ServerRequest;

/** What the protocol demands of a message's headers. */
@Component
final class HeaderChecks {
  private final McpProperties properties;

  HeaderChecks(McpProperties properties) {
    this.properties = properties;
  }

  /**
   * Lets no page send messages that is not allowed to. Its browser may have been told that the
   * page's own host is this gateway, so an origin that is equal to the host proves nothing.
   *
   * @throws ApiException 403 for an origin that is not allowed
   */
  void requireAllowedOrigin(ServerRequest request) {
    for (String origin : request.headers().header(org.springframework.http.HttpHeaders.ORIGIN)) {
      if (!properties.allowedOrigins().contains(origin.toLowerCase(Locale.ROOT))) {
        throw ApiException.invalidRequest(
            HttpStatus.FORBIDDEN,
            "origin_not_allowed",
            "Pages of this origin may not send messages; omnimamba.gateway.mcp.allowed-origins"
                + " names those that may.");
      }
    }
  }

  /**
   * Without the header the version is 2025-03-26, which is spoken.
   *
   * @throws ApiException 400 for a version that is not spoken
   */
  static void requireVersion(ServerRequest request, List<String> spoken) {
    List<String> asked = request.headers().header(HttpHeaders.PROTOCOL_VERSION);
    if (asked.size() > 1 || !spoken.containsAll(asked)) {
      throw ApiException.invalidRequest(
          HttpStatus.BAD_REQUEST,
          "unsupported_protocol_version",
          HttpHeaders.PROTOCOL_VERSION + " must be one of " + String.join(", ", spoken) + ".");
    }
  }
}
