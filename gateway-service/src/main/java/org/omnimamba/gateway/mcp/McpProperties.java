package org.omnimamba.gateway.mcp;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may send messages.
 *
 * @param allowedOrigins the origins of pages that may, such as {@code https://chat.example.com};
 *     programs that are no browsers name none and need none
 */
@ConfigurationProperties("omnimamba.gateway.mcp")
record McpProperties(@DefaultValue List<String> allowedOrigins) {
  private static final Pattern ORIGIN = Pattern.compile("[a-z][a-z0-9+.-]*://[^/?#@\\s*]+");

  McpProperties {
    allowedOrigins =
        allowedOrigins.stream().map(origin -> origin.toLowerCase(Locale.ROOT)).toList();
    if (!allowedOrigins.stream().allMatch(origin -> ORIGIN.matcher(origin).matches())) {
      throw new IllegalArgumentException(
          "allowed-origins must be scheme://host or scheme://host:port each, without a path");
    }
  }
}
