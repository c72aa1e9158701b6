package org.omnimamba.web.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.ConnectionFactoryOptions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.mock.env.MockEnvironment;

/** One database from any of the settings that can name it. */
class DatabaseAddressTest {
  @Test
  void hostAndName() {
    DatabaseAddress address =
        address(
            "omnimamba.database.host", "db.example",
            "omnimamba.database.port", "5433",
            "omnimamba.database.name", "jobs",
            "omnimamba.database.username", "ada",
            "omnimamba.database.password", "secret");
    assertThat(address.jdbcUrl()).isEqualTo("jdbc:postgresql://db.example:5433/jobs");
    assertThat(address.user()).isEqualTo("ada");
    assertThat(address.password()).isEqualTo("secret");
    assertThat(address.migrationUser()).isEqualTo("ada");
    assertThat(address.migrationPassword()).isEqualTo("secret");
    assertThat(address.sslMode()).isEqualTo(SslMode.PREFER);
    assertThat(address.toString()).isEqualTo("postgresql://db.example:5433/jobs");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://ada:secret@db.example/jobs",
        "postgres://ada:secret@db.example:5432/jobs",
        "jdbc:postgresql://ada:secret@db.example/jobs",
        "r2dbc:postgresql://ada:secret@db.example/jobs",
        "r2dbc:pool:postgresql://ada:secret@db.example/jobs"
      })
  void aUrlWithOrWithoutADriversPrefix(String url) {
    DatabaseAddress address = address("omnimamba.database.url", url);
    assertThat(address.jdbcUrl()).isEqualTo("jdbc:postgresql://db.example:5432/jobs");
    assertThat(address.user()).isEqualTo("ada");
    assertThat(address.password()).isEqualTo("secret");
    assertThat(address.toString()).doesNotContain("secret");
  }

  @Test
  void whatSpringsSettingsSay() {
    DatabaseAddress address =
        address(
            "spring.r2dbc.url", "r2dbc:postgresql://db.example:5432/jobs?sslMode=require",
            "spring.r2dbc.username", "ada",
            "spring.r2dbc.password", "secret",
            "spring.flyway.url", "jdbc:postgresql://direct.example:5432/jobs",
            "spring.flyway.user", "owner",
            "spring.flyway.password", "other");
    assertThat(address.options().getValue(ConnectionFactoryOptions.HOST)).isEqualTo("db.example");
    assertThat(address.user()).isEqualTo("ada");
    assertThat(address.jdbcUrl()).isEqualTo("jdbc:postgresql://direct.example:5432/jobs");
    assertThat(address.migrationUser()).isEqualTo("owner");
    assertThat(address.migrationPassword()).isEqualTo("other");
    assertThat(address.sslMode()).isEqualTo(SslMode.REQUIRE);
  }

  @Test
  void aRoleOfItsOwnForMigrations() {
    DatabaseAddress address =
        address(
            "omnimamba.database.host", "db.example",
            "omnimamba.database.username", "ada",
            "omnimamba.database.password", "secret",
            "omnimamba.database.migration.username", "owner",
            "omnimamba.database.migration.password", "other");
    assertThat(address.user()).isEqualTo("ada");
    assertThat(address.migrationUser()).isEqualTo("owner");
    assertThat(address.migrationPassword()).isEqualTo("other");
  }

  @Test
  void ourSettingsComeBeforeSprings() {
    DatabaseAddress address =
        address(
            "omnimamba.database.host", "db.example",
            "omnimamba.database.username", "ada",
            "spring.r2dbc.url", "r2dbc:postgresql://localhost:5432/another",
            "spring.r2dbc.username", "bob",
            "spring.flyway.url", "jdbc:postgresql://localhost:5432/another",
            "spring.flyway.user", "bob");
    assertThat(address.jdbcUrl()).isEqualTo("jdbc:postgresql://db.example:5432/omnimamba");
    assertThat(address.user()).isEqualTo("ada");
    assertThat(address.migrationUser()).isEqualTo("ada");
  }

  @Test
  void anotherDatabasesUrlIsRefusedWithoutRepeatingIt() {
    assertThatThrownBy(() -> address("spring.r2dbc.url", "r2dbc:mysql://ada:secret@a/b"))
        .hasMessageContaining("spring.r2dbc.url")
        .hasMessageContaining("postgresql://host:5432/name")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> address("omnimamba.database.url", "postgresql:ada:secret"))
        .hasMessageContaining("omnimamba.database.url")
        .hasMessageNotContaining("secret");
  }

  private static DatabaseAddress address(String... settings) {
    MockEnvironment environment = new MockEnvironment();
    java.util.Map<String, String> all = new java.util.HashMap<>();
    for (int i = 0; i < settings.length; i += 2) {
      environment.setProperty(settings[i], settings[i + 1]);
      all.put(settings[i], settings[i + 1]);
    }
    DatabaseProperties properties =
        new Binder(new MapConfigurationPropertySource(Map.copyOf(all)))
            .bindOrCreate("omnimamba.database", DatabaseProperties.class);
    return DatabaseAddress.of(properties, environment);
  }
}
