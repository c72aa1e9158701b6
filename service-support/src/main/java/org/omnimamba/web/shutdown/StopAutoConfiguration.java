package org.omnimamba.web.shutdown;

import java.time.Duration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

/** Lets each service stop without waiting for clients that do nothing. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
class StopAutoConfiguration {
  /** How long a client that does nothing is waited for once the service stops. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @Bean
  ServiceStop serviceStop() {
    return new ServiceStop();
  }

  @Bean
  UnfinishedBodies unfinishedBodies(ServiceStop stop) {
    return new UnfinishedBodies(stop, PATIENCE);
  }

  @Bean
  StalledClients stalledClients(ServiceStop stop) {
    return new StalledClients(stop, PATIENCE);
  }
}
