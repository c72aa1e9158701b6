package org.omnimamba.web.database;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The database and how to reach it. Where neither {@code url} nor {@code host} is set, {@code
 * spring.r2dbc.url}, {@code .username} and {@code .password} name it.
 *
 * @param url {@code postgresql://host:port/name}; it may hold user and password
 * @param host in place of the URL
 * @param port of the host
 * @param name of the database on the host
 * @param username the role for queries
 * @param password of that role
 * @param sslMode what connections are encrypted with; without it {@code verify-full} if there is a
 *     root certificate, else {@code prefer}
 * @param sslRootCert a file with the certificates (PEM) of the authorities that are trusted;
 *     without it those that the JVM trusts
 * @param migrate what is done with the tables at the start
 * @param migration the role for migrations, where it is another one
 */
@ConfigurationProperties("omnimamba.database")
public record DatabaseProperties(
    @Nullable String url,
    @Nullable String host,
    @DefaultValue("5432") int port,
    @DefaultValue("omnimamba") String name,
    @Nullable String username,
    @Nullable String password,
    @Nullable SslMode sslMode,
    @Nullable Path sslRootCert,
    @DefaultValue("true") MigrateMode migrate,
    @DefaultValue Migration migration) {

  /**
   * The role for migrations. Without a name the role for queries migrates, or the one of {@code
   * spring.flyway.user}.
   */
  public record Migration(@Nullable String username, @Nullable String password) {
    /** Without the password. */
    @Override
    public String toString() {
      return "Migration[username=" + username + "]";
    }
  }

  public DatabaseProperties {
    if (sslRootCert != null) {
      if (!Files.isReadable(sslRootCert)) {
        throw new IllegalArgumentException(
            "omnimamba.database.ssl-root-cert: there is no readable file " + sslRootCert);
      }
      if (sslMode != null && !sslMode.verifies()) {
        throw new IllegalArgumentException(
            "omnimamba.database.ssl-root-cert needs ssl-mode verify-ca or verify-full; with "
                + sslMode.libpq()
                + " no certificate is checked");
      }
    }
  }

  /** Without the passwords, one of which the URL may hold. */
  @Override
  public String toString() {
    return "DatabaseProperties[host=" + host + ", username=" + username + "]";
  }
}
