package org.omnimamba.web.database;

import io.r2dbc.postgresql.PostgresqlConnectionFactoryProvider;
import io.r2dbc.postgresql.client.SSLMode;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Where the database is and who asks, from whichever settings name it.
 *
 * @param options all of that for R2DBC
 * @param jdbcUrl the same database for JDBC
 * @param sslMode how connections are encrypted
 * @param sslRootCert the trusted authorities, or null for those of the JVM
 * @param migrationUser the role for migrations
 * @param migrationPassword of that role
 */
record DatabaseAddress(
    ConnectionFactoryOptions options,
    String jdbcUrl,
    SslMode sslMode,
    @Nullable Path sslRootCert,
    @Nullable String migrationUser,
    @Nullable String migrationPassword) {
  private static final Pattern PREFIX =
      Pattern.compile("^(jdbc:|r2dbc:(pool:)?)?postgres(ql)?(?=:)");
  private static final int DEFAULT_PORT = 5432;

  /** Whether any setting names a database. */
  static boolean isGiven(Environment environment) {
    return given(environment, "omnimamba.database.url") != null
        || given(environment, "omnimamba.database.host") != null
        || given(environment, "spring.r2dbc.url") != null;
  }

  /**
   * Reads the settings.
   *
   * @throws IllegalArgumentException if the address is none of a PostgreSQL
   */
  static DatabaseAddress of(DatabaseProperties properties, Environment environment) {
    boolean ours = StringUtils.hasText(properties.url()) || StringUtils.hasText(properties.host());
    Function<String, @Nullable String> springs = name -> ours ? null : given(environment, name);

    ConnectionFactoryOptions named = place(properties, environment);
    ConnectionFactoryOptions.Builder options = named.mutate();
    set(
        options,
        ConnectionFactoryOptions.USER,
        properties.username(),
        springs.apply("spring.r2dbc.username"));
    set(
        options,
        ConnectionFactoryOptions.PASSWORD,
        properties.password(),
        springs.apply("spring.r2dbc.password"));
    Path root = properties.sslRootCert();
    if (root == null && text(named, PostgresqlConnectionFactoryProvider.SSL_ROOT_CERT) != null) {
      root = Path.of(text(named, PostgresqlConnectionFactoryProvider.SSL_ROOT_CERT));
    }
    SslMode ssl = properties.sslMode() == null ? sslMode(named, root) : properties.sslMode();
    encrypt(options, ssl, root);
    ConnectionFactoryOptions built = options.build();

    String url = springs.apply("spring.flyway.url");
    String migrator = first(properties.migration().username(), springs.apply("spring.flyway.user"));
    String itsPassword =
        first(properties.migration().password(), springs.apply("spring.flyway.password"));
    return new DatabaseAddress(
        built,
        url == null ? jdbcUrl(built) : url,
        ssl,
        root,
        migrator == null ? text(built, ConnectionFactoryOptions.USER) : migrator,
        migrator == null ? text(built, ConnectionFactoryOptions.PASSWORD) : itsPassword);
  }

  /** Host, port and name, and what else a URL and {@code spring.r2dbc.properties} say. */
  private static ConnectionFactoryOptions place(
      DatabaseProperties properties, Environment environment) {
    ConnectionFactoryOptions.Builder place;
    if (StringUtils.hasText(properties.url())) {
      place = parse("omnimamba.database.url", properties.url()).mutate();
    } else if (StringUtils.hasText(properties.host())) {
      place =
          parse("omnimamba.database.host", "postgresql://" + properties.host())
              .mutate()
              .option(ConnectionFactoryOptions.PORT, properties.port())
              .option(ConnectionFactoryOptions.DATABASE, properties.name());
    } else {
      place =
          parse("spring.r2dbc.url", environment.getRequiredProperty("spring.r2dbc.url")).mutate();
    }
    Binder.get(environment)
        .bind("spring.r2dbc.properties", Bindable.mapOf(String.class, String.class))
        .orElseGet(Map::of)
        .forEach((name, value) -> place.option(Option.valueOf(name), value));
    return place.build();
  }

  private static <T> void set(
      ConnectionFactoryOptions.Builder options,
      Option<T> option,
      @Nullable T value,
      @Nullable T otherwise) {
    T chosen = value == null ? otherwise : value;
    if (chosen != null) {
      options.option(option, chosen);
    }
  }

  private static void encrypt(
      ConnectionFactoryOptions.Builder options, SslMode mode, @Nullable Path root) {
    options.option(PostgresqlConnectionFactoryProvider.SSL_MODE, mode.r2dbc());
    if (mode != SslMode.DISABLE) {
      options.option(
          PostgresqlConnectionFactoryProvider.SSL_CONTEXT_BUILDER_CUSTOMIZER,
          new Encryption(mode, root));
    }
  }

  private static ConnectionFactoryOptions parse(String setting, String url) {
    String plain = PREFIX.matcher(url).replaceFirst("r2dbc:postgresql");
    if (!plain.startsWith("r2dbc:postgresql:")) {
      throw new IllegalArgumentException(
          setting + " must be like postgresql://host:5432/name, the address of a PostgreSQL");
    }
    try {
      return ConnectionFactoryOptions.parse(plain);
    } catch (IllegalArgumentException e) {
      // the driver's message may hold the URL, and that a password
      throw new IllegalArgumentException(
          setting + " must be like postgresql://host:5432/name; it cannot be read");
    }
  }

  private static SslMode sslMode(ConnectionFactoryOptions parsed, @Nullable Path root) {
    Object named = parsed.getValue(PostgresqlConnectionFactoryProvider.SSL_MODE);
    if (named == null) {
      named = parsed.getValue(PostgresqlConnectionFactoryProvider.SSL_MODE_ALIAS);
    }
    if (named == null) {
      return root == null ? SslMode.PREFER : SslMode.VERIFY_FULL;
    }
    SSLMode mode = SSLMode.fromValue(named.toString());
    for (SslMode ours : SslMode.values()) {
      if (ours.r2dbc() == mode) {
        return ours;
      }
    }
    throw new IllegalArgumentException(
        "the database's URL asks for sslMode "
            + named
            + "; known are disable, prefer, require, verify-ca and verify-full");
  }

  private static String jdbcUrl(ConnectionFactoryOptions options) {
    String host = text(options, ConnectionFactoryOptions.HOST);
    Object port = options.getValue(ConnectionFactoryOptions.PORT);
    String schema = text(options, PostgresqlConnectionFactoryProvider.SCHEMA);
    String database = text(options, ConnectionFactoryOptions.DATABASE);
    return "jdbc:postgresql://"
        + (host == null ? "localhost" : host)
        + (host != null && host.contains(",") ? "" : ":" + (port == null ? DEFAULT_PORT : port))
        + "/"
        + (database == null ? "" : database)
        + (schema == null ? "" : "?currentSchema=" + schema);
  }

  /** The host, as messages name it. */
  String host() {
    String host = text(options, ConnectionFactoryOptions.HOST);
    return host == null ? "localhost" : host;
  }

  @Nullable String user() {
    return text(options, ConnectionFactoryOptions.USER);
  }

  @Nullable String password() {
    return text(options, ConnectionFactoryOptions.PASSWORD);
  }

  /** Names neither role nor password. */
  @Override
  public String toString() {
    return jdbcUrl.replaceFirst("^jdbc:", "").replaceFirst("\\?.*", "");
  }

  private static @Nullable String text(ConnectionFactoryOptions options, Option<?> option) {
    Object value = options.getValue(option);
    return value == null ? null : value.toString();
  }

  private static @Nullable String first(@Nullable String one, @Nullable String other) {
    return StringUtils.hasText(one) ? one : other;
  }

  private static @Nullable String given(Environment environment, String name) {
    String value = environment.getProperty(name);
    return StringUtils.hasText(value) ? value : null;
  }
}
