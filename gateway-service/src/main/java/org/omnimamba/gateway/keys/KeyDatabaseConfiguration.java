package org.omnimamba.gateway.keys;

import io.r2dbc.pool.ConnectionPool;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import org.omnimamba.web.database.BoundedTransactions;
import org.omnimamba.web.database.ConditionalOnDatabase;
import org.omnimamba.web.database.Database;
import org.omnimamba.web.database.DatabaseGate;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;

/** Everything that stored keys need; absent without a database. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnDatabase
class KeyDatabaseConfiguration {
  private static final int MOST_CONNECTIONS = 5;

  /** Of a transaction between two statements; then the server ends it. */
  private static final Duration MOST_IDLE = Duration.ofSeconds(30);

  @Bean
  KeyStore keyStore(ConnectionPool keyConnectionPool) {
    return new KeyStore(
        DatabaseClient.create(keyConnectionPool),
        TransactionalOperator.create(new BoundedTransactions(keyConnectionPool, MOST_IDLE)));
  }

  @Bean
  KnownKeys knownKeys(KeyStore store) {
    return new KnownKeys(store);
  }

  @Bean(destroyMethod = "dispose")
  ConnectionPool keyConnectionPool(Database database) {
    return database.pool("gateway-keys", MOST_CONNECTIONS);
  }

  @Bean
  KeyCache keyCache(KeyProperties keys) {
    return new KeyCache(keys.cachedFor());
  }

  @Bean
  KeyChangeListener keyChangeListener(Database database, DatabaseGate gate, KeyCache cache) {
    KeyChangeListener listener = new KeyChangeListener(database.connections(), cache);
    gate.whenOpen(listener::start);
    return listener;
  }

  @Bean
  KeyUses keyUses(KeyStore store, Clock clock, KeyProperties keys) {
    return new KeyUses(store, clock, keys.usesWrittenEvery());
  }

  @Bean
  DatabaseKeys databaseKeys(KeyStore store, KeyCache cache, KeyUses uses, Clock clock) {
    return new DatabaseKeys(store, cache, uses, clock);
  }

  @Bean
  KeyService keyService(KeyStore store, KeyCache cache, Clock clock) {
    return new KeyService(store, cache, clock, new SecureRandom());
  }
}
