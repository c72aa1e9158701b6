package org.omnimamba.gateway.database;

import jakarta.validation.constraints.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Where keys and pictures are stored: the same settings as job-service's, so one set serves both.
 *
 * @param url {@code r2dbc:postgresql://host:port/database}; without it only the configured key
 *     works, and pictures stay in memory
 */
@Validated
@ConfigurationProperties("spring.r2dbc")
record DatabaseProperties(
    @Nullable
        @Pattern(
            regexp = "r2dbc:(pool:)?postgresql://.+",
            message = "must begin with r2dbc:postgresql://")
        String url,
    @Nullable String username,
    @Nullable String password) {

  /** The same database for JDBC, over which the table is prepared. */
  String jdbcUrl() {
    return plainUrl().replaceFirst("^r2dbc:", "jdbc:");
  }

  /** Without the pool that the address may ask for: the gateway brings its own. */
  String plainUrl() {
    return java.util.Objects.requireNonNull(url).replaceFirst("^r2dbc:pool:", "r2dbc:");
  }
}
