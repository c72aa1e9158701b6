package org.omnimamba.web.shutdown;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.support.DefaultLifecycleProcessor;

/**
 * Makes the phases of a stop as long as the grace period needs. There is no second setting: {@code
 * spring.lifecycle.timeout-per-shutdown-phase} has no effect.
 */
public final class PhaseTimeouts implements BeanPostProcessor {
  private final ObjectProvider<ShutdownProperties> properties;

  public PhaseTimeouts(ObjectProvider<ShutdownProperties> properties) {
    this.properties = properties;
  }

  @Override
  public Object postProcessBeforeInitialization(Object bean, String name) {
    if (bean instanceof DefaultLifecycleProcessor processor) {
      processor.setTimeoutPerShutdownPhase(properties.getObject().phase().toMillis());
    }
    return bean;
  }
}
