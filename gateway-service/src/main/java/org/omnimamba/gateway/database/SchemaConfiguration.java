package org.omnimamba.gateway.database;

import org.omnimamba.web.database.ConditionalOnDatabase;
import org.omnimamba.web.database.SchemaHistory;
import org.omnimamba.web.usage.UsageTables;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The gateway's tables, keys and pictures, and those of usage. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnDatabase
public class SchemaConfiguration {
  @Bean
  SchemaHistory gatewayHistory() {
    return new SchemaHistory(
        "gateway_schema_history", "classpath:org/omnimamba/gateway/migration", null);
  }

  @Bean
  SchemaHistory usageHistory() {
    return UsageTables.HISTORY;
  }
}
