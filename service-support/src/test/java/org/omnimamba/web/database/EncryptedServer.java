package org.omnimamba.web.database;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;

/**
 * A PostgreSQL that lets encrypted connections in and no others. Its certificate names {@code
 * localhost} and comes from an authority of its own.
 */
public final class EncryptedServer implements AutoCloseable {
  private final EmbeddedPostgres server;
  private final Path root;
  private final Path strangersRoot;

  public EncryptedServer() throws Exception {
    Path folder = Files.createTempDirectory("encrypted-pg");
    X509Bundle authority = authority("CN=Test authority");
    X509Bundle certificate =
        new CertificateBuilder()
            .ecp256()
            .subject("CN=localhost")
            .addSanDnsName("localhost")
            .notBefore(Instant.now().minus(Duration.ofDays(1)))
            .notAfter(Instant.now().plus(Duration.ofDays(30)))
            .buildIssuedBy(authority);
    this.root = Files.writeString(folder.resolve("root.pem"), authority.getCertificatePEM());
    this.strangersRoot =
        Files.writeString(
            folder.resolve("stranger.pem"), authority("CN=Another").getCertificatePEM());
    Path key = Files.writeString(folder.resolve("server.key"), certificate.getPrivateKeyPEM());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    Path chain = Files.writeString(folder.resolve("server.pem"), certificate.getCertificatePEM());
    Path data = folder.resolve("data");
    this.server =
        EmbeddedPostgres.builder()
            .setDataDirectory(data)
            .setPGStartupWait(Duration.ofMinutes(2))
            .setServerConfig("ssl", "on")
            .setServerConfig("ssl_cert_file", chain.toString())
            .setServerConfig("ssl_key_file", key.toString())
            .start();
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE app LOGIN PASSWORD 'secret-of-app'");
      statement.execute("CREATE DATABASE app OWNER app");
      Files.writeString(data.resolve("pg_hba.conf"), "hostssl all all all scram-sha-256\n");
      statement.execute("SELECT pg_reload_conf()");
    }
  }

  private static X509Bundle authority(String name) throws Exception {
    return new CertificateBuilder()
        .ecp256()
        .subject(name)
        .setIsCertificateAuthority(true)
        .notBefore(Instant.now().minus(Duration.ofDays(1)))
        .notAfter(Instant.now().plus(Duration.ofDays(30)))
        .buildSelfSigned();
  }

  public int port() {
    return server.getPort();
  }

  /** The certificate of the authority that the server's own comes from. */
  public Path root() {
    return root;
  }

  /** The certificate of an authority that has nothing to do with the server. */
  public Path strangersRoot() {
    return strangersRoot;
  }

  @Override
  public void close() throws Exception {
    server.close();
  }
}
