package org.omnimamba.web.database;

import io.r2dbc.pool.ConnectionPool;
import org.flywaydb.core.Flyway;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** The database of a service that has tables, where settings name one. */
@AutoConfiguration
@ConditionalOnClass({ConnectionPool.class, Flyway.class, PGSimpleDataSource.class})
@ConditionalOnDatabase
@ConditionalOnBean(SchemaHistory.class)
@EnableConfigurationProperties(DatabaseProperties.class)
class DatabaseAutoConfiguration {
  @Bean
  Database database(DatabaseProperties properties, Environment environment) {
    return new Database(DatabaseAddress.of(properties, environment));
  }

  @Bean(initMethod = "start", destroyMethod = "close")
  DatabaseGate databaseGate(
      Database database, ObjectProvider<SchemaHistory> histories, DatabaseProperties properties) {
    return new DatabaseGate(database, histories.orderedStream().toList(), properties.migrate());
  }
}
