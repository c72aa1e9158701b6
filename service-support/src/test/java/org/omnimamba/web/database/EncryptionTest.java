package org.omnimamba.web.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.Connection;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.mock.env.MockEnvironment;
import reactor.core.publisher.Mono;

/** Queries and migrations are encrypted by the same settings, on a server that demands it. */
class EncryptionTest {
  private static EncryptedServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new EncryptedServer();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"PREFER", "REQUIRE"})
  void withoutACheckOfTheServer(SslMode mode) throws Exception {
    assertEncrypted(database("127.0.0.1", mode, null));
  }

  @Test
  void withACertificateOfTheRightAuthority() throws Exception {
    assertEncrypted(database("127.0.0.1", SslMode.VERIFY_CA, server.root()));
  }

  @Test
  void withACertificateThatNamesTheHost() throws Exception {
    assertEncrypted(database("localhost", SslMode.VERIFY_FULL, server.root()));
    // a root certificate alone means the same
    assertThat(database("localhost", null, server.root()).address().sslMode())
        .isEqualTo(SslMode.VERIFY_FULL);
  }

  @Test
  void aPlainConnectionIsRefusedAndTheSettingNamed() {
    Database database = database("localhost", SslMode.DISABLE, null);
    assertThat(reason(database))
        .contains("accepts encrypted connections only")
        .contains("omnimamba.database.ssl-mode");
    assertThatThrownBy(() -> query(database)).hasStackTraceContaining("no encryption");
  }

  @ParameterizedTest
  @EnumSource(names = {"VERIFY_CA", "VERIFY_FULL"})
  void aCertificateOfAnotherAuthorityIsRefused(SslMode mode) {
    Database database = database("localhost", mode, server.strangersRoot());
    assertThat(reason(database))
        .contains("not from an authority that is trusted")
        .contains("omnimamba.database.ssl-root-cert " + server.strangersRoot());
    assertThatThrownBy(() -> query(database)).hasStackTraceContaining("certificat");
  }

  @Test
  void withoutARootCertificateTheAuthoritiesOfTheJvmAreTrusted() {
    Database database = database("localhost", SslMode.VERIFY_FULL, null);
    assertThat(reason(database))
        .contains("not from an authority that is trusted")
        .contains("set omnimamba.database.ssl-root-cert");
    assertThatThrownBy(() -> query(database)).hasStackTraceContaining("certificat");
  }

  @Test
  void aCertificateThatNamesAnotherHostIsRefused() {
    Database database = database("127.0.0.1", SslMode.VERIFY_FULL, server.root());
    assertThat(reason(database)).contains("does not name the host 127.0.0.1");
    assertThatThrownBy(() -> query(database)).hasMessageContaining("127.0.0.1");
  }

  @Test
  void aWrongPasswordIsSaidInOneLineWithoutIt() {
    Database database =
        new Database(
            DatabaseAddress.of(
                properties("localhost", SslMode.REQUIRE, null, "wrong-secret"),
                new MockEnvironment()));
    assertThat(reason(database))
        .contains("refuses the password")
        .contains("\"app\"")
        .doesNotContain("wrong-secret")
        .hasLineCount(1);
  }

  @Test
  void theSettingsAreCheckedWithEachOther() {
    assertThatThrownBy(() -> database("localhost", SslMode.REQUIRE, server.root()))
        .hasMessageContaining("needs ssl-mode verify-ca or verify-full");
    assertThatThrownBy(() -> database("localhost", null, Path.of("/there/is/none.pem")))
        .hasMessageContaining("no readable file /there/is/none.pem");
  }

  private static Database database(String host, @Nullable SslMode mode, @Nullable Path root) {
    return new Database(
        DatabaseAddress.of(properties(host, mode, root, "secret-of-app"), new MockEnvironment()));
  }

  private static DatabaseProperties properties(
      String host, @Nullable SslMode mode, @Nullable Path root, String password) {
    return new DatabaseProperties(
        null,
        host,
        server.port(),
        "app",
        "app",
        password,
        mode,
        root,
        MigrateMode.TRUE,
        new DatabaseProperties.Migration(null, null));
  }

  private static void assertEncrypted(Database database) throws Exception {
    assertThat(query(database)).isTrue();
    try (java.sql.Connection connection = database.migrations().getConnection();
        var row = connection.createStatement().executeQuery(IS_ENCRYPTED)) {
      assertThat(row.next()).isTrue();
      assertThat(row.getBoolean(1)).isTrue();
    }
  }

  private static final String IS_ENCRYPTED =
      "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

  private static Boolean query(Database database) {
    return Mono.usingWhen(
            database.connections().create(),
            connection ->
                Mono.from(connection.createStatement(IS_ENCRYPTED).execute())
                    .flatMap(result -> Mono.from(result.map(row -> row.get(0, Boolean.class)))),
            Connection::close)
        .block(Duration.ofMinutes(1));
  }

  private static String reason(Database database) {
    try (DatabaseGate gate = new DatabaseGate(database, java.util.List.of(), MigrateMode.TRUE)) {
      assertThat(gate.attempt()).isFalse();
      return gate.reason();
    }
  }
}
