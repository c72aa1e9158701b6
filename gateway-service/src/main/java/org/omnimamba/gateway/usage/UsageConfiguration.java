package org.omnimamba.gateway.usage;

import java.time.Clock;
import org.omnimamba.gateway.keys.KnownKeys;
import org.omnimamba.web.database.ConditionalOnDatabase;
import org.omnimamba.web.database.Database;
import org.omnimamba.web.database.DatabaseGate;
import org.omnimamba.web.internal.InternalTokenProperties;
import org.omnimamba.web.replica.ReplicaPool;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/** Everything that keeps usage; absent without a database. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnDatabase
class UsageConfiguration {
  @Bean
  UsageStore usageStore(Database database) {
    return new UsageStore(database);
  }

  @Bean
  UsageBook usageBook(
      UsageStore store, Clock clock, UsageProperties properties, DatabaseGate gate) {
    UsageBook book = new UsageBook(store, clock, properties.writtenEvery());
    gate.whenOpen(book::start);
    return book;
  }

  @Bean
  RememberedUsage rememberedUsage(
      ReplicaPool inferenceReplicas,
      ReactorResourceFactory resources,
      InternalTokenProperties token) {
    return new RememberedUsage(inferenceReplicas, resources, token.internalToken());
  }

  @Bean
  UsageFilter usageFilter(UsageBook book, RememberedUsage remembered) {
    return new UsageFilter(book, remembered);
  }

  @Bean
  UsageReports usageReports(UsageBook book, UsageStore store, KnownKeys keys) {
    return new UsageReports(book, store, keys);
  }
}
