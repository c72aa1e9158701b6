package org.omnimamba.gateway.server;

import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.DefaultLifecycleProcessor;

/** Lets the server's graceful stop take as long as its requests may. */
@Configuration(proxyBeanMethods = false)
class ShutdownConfiguration {
  /** Time for the last answers to be written after the grace period. */
  private static final Duration MARGIN = Duration.ofSeconds(8);

  @Bean
  static BeanPostProcessor gracefulShutdownTimeout(ObjectProvider<ShutdownProperties> properties) {
    return new BeanPostProcessor() {
      @Override
      public Object postProcessBeforeInitialization(Object bean, String name) {
        if (bean instanceof DefaultLifecycleProcessor processor) {
          processor.setTimeoutForShutdownPhase(
              WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE,
              properties.getObject().grace().plus(MARGIN).toMillis());
        }
        return bean;
      }
    };
  }
}
