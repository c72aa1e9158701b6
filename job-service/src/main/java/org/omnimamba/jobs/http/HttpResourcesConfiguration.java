package org.omnimamba.jobs.http;

import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/**
 * Event loops of this service's own. The default is one set for the whole JVM, which the first
 * context that closes takes down, and with it the servers of every other context beside it.
 */
@Configuration(proxyBeanMethods = false)
class HttpResourcesConfiguration {

  @Bean
  ReactorResourceFactory reactorResourceFactory() {
    ReactorResourceFactory resources = new ReactorResourceFactory();
    resources.setUseGlobalResources(false);
    resources.setShutdownQuietPeriod(Duration.ZERO);
    return resources;
  }
}
