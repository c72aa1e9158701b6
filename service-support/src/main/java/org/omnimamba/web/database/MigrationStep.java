package org.omnimamba.web.database;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Migrations as a step of their own: with {@code omnimamba.database.migrate=only} a service brings
 * its tables up to date and ends. It needs none of the service's other settings.
 */
public final class MigrationStep {
  private static final Logger log = LoggerFactory.getLogger(MigrationStep.class);
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofSeconds(2);

  private MigrationStep() {}

  /**
   * Migrates if the settings say that nothing else is to be done.
   *
   * @param service the name of the service's settings, such as {@code job-service}
   * @param histories a configuration with the service's {@link SchemaHistory} beans and no others
   * @return the status to end with: 0 when the tables are up to date, 1 when they could not be made
   *     so within a minute, the reason being in the log; empty when the service is to start
   */
  public static OptionalInt run(String service, Class<?> histories, String... arguments) {
    if (!isWanted(service, arguments)) {
      return OptionalInt.empty();
    }
    try (ConfigurableApplicationContext context =
        new SpringApplicationBuilder(Settings.class, histories)
            .web(WebApplicationType.NONE)
            .properties("spring.config.name=" + service)
            .run(arguments)) {
      return OptionalInt.of(migrate(context) ? 0 : 1);
    }
  }

  private static boolean migrate(ConfigurableApplicationContext context) {
    if (!DatabaseAddress.isGiven(context.getEnvironment())) {
      log.error("There is nothing to migrate: no database is set; see omnimamba.database.host");
      return false;
    }
    Database database =
        new Database(
            DatabaseAddress.of(
                context.getBean(DatabaseProperties.class), context.getEnvironment()));
    List<SchemaHistory> histories =
        context.getBeanProvider(SchemaHistory.class).orderedStream().toList();
    long end = System.nanoTime() + PATIENCE.toNanos();
    try (DatabaseGate gate = new DatabaseGate(database, histories, MigrateMode.ONLY)) {
      while (!gate.attempt()) {
        if (System.nanoTime() > end) {
          log.error("The tables could not be migrated: {}", gate.reason());
          return false;
        }
        Thread.sleep(PAUSE.toMillis());
      }
      log.info("The tables are up to date");
      return true;
    } catch (IncompatibleDatabaseException e) {
      log.error("The tables could not be migrated: {}", e.getMessage());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Reads only the one setting, from wherever the service reads its settings. */
  private static boolean isWanted(String service, String... arguments) {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new SimpleCommandLinePropertySource(arguments));
    environment
        .getPropertySources()
        .addLast(new MapPropertySource("service", Map.of("spring.config.name", service)));
    ConfigDataEnvironmentPostProcessor.applyTo(environment);
    ConfigurationPropertySources.attach(environment);
    return Binder.get(environment)
            .bind("omnimamba.database.migrate", MigrateMode.class)
            .orElse(MigrateMode.TRUE)
        == MigrateMode.ONLY;
  }

  /** The database's settings. */
  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties(DatabaseProperties.class)
  static class Settings {}
}
