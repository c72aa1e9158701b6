package org.omnimamba.web.http;

import java.time.Duration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigureOrder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Event loops of each service's own. The default is one set for the whole JVM, which the first
 * context that closes takes down, and with it the servers of every other context beside it.
 */
@AutoConfiguration
@AutoConfigureOrder(Ordered.HIGHEST_PRECEDENCE)
class EventLoopsAutoConfiguration {
  @Bean
  ReactorResourceFactory reactorResourceFactory() {
    ReactorResourceFactory resources = new ReactorResourceFactory();
    resources.setUseGlobalResources(false);
    // the server has let its requests end by then; waiting for more only delays the stop
    resources.setShutdownQuietPeriod(Duration.ZERO);
    return resources;
  }
}
