package org.omnimamba.web.database;

import io.r2dbc.postgresql.client.SSLMode;
import java.util.Locale;

/** Whether connections to PostgreSQL are encrypted, and what is checked of the server. */
public enum SslMode {
  /** Never. */
  DISABLE(SSLMode.DISABLE),
  /** If the server can; it is not checked. */
  PREFER(SSLMode.PREFER),
  /** Always; the server is not checked. */
  REQUIRE(SSLMode.REQUIRE),
  /** Always, and the server's certificate must come from a trusted authority. */
  VERIFY_CA(SSLMode.VERIFY_CA),
  /** The same, and the certificate must name the host. */
  VERIFY_FULL(SSLMode.VERIFY_FULL);

  private final SSLMode r2dbc;

  SslMode(SSLMode r2dbc) {
    this.r2dbc = r2dbc;
  }

  SSLMode r2dbc() {
    return r2dbc;
  }

  /** The name that JDBC and PostgreSQL's own programs use. */
  String libpq() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  boolean verifies() {
    return this == VERIFY_CA || this == VERIFY_FULL;
  }
}
