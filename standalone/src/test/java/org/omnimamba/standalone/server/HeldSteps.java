package org.omnimamba.standalone.server;

import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** Lets the model of a process of its own take a number of decode steps and then no more. */
public final class HeldSteps
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {
  /** The number, a system property; without it nothing is held. */
  static final String PROPERTY = "omnimamba.test.steps";

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    Integer steps = Integer.getInteger(PROPERTY);
    if (steps != null) {
      SteppedModel model = new SteppedModel();
      model.allow(steps);
      context.getBeanFactory().addBeanPostProcessor(model);
    }
  }
}
