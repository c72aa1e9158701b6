package org.omnimamba.standalone.server;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.Semaphore;
import org.omnimamba.inference.engine.ModelBackend;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** The service's own model, which takes a decode step only when a test lets it. */
final class SteppedModel implements BeanPostProcessor {
  private final Semaphore permits = new Semaphore(0);

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    return bean instanceof ModelBackend.Factory factory
        ? (ModelBackend.Factory) () -> stepped(factory.open())
        : bean;
  }

  private ModelBackend stepped(ModelBackend model) {
    return (ModelBackend)
        Proxy.newProxyInstance(
            ModelBackend.class.getClassLoader(),
            new Class<?>[] {ModelBackend.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("step")) {
                permits.acquire();
              }
              try {
                return method.invoke(model, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Lets that many steps happen, now or later. */
  void allow(int steps) {
    permits.release(steps);
  }

  /** Takes back what was allowed and not used. */
  void allowNone() {
    permits.drainPermits();
  }

  /** Whether a step is about to begin and may not. */
  boolean isWaiting() {
    return permits.hasQueuedThreads();
  }
}
