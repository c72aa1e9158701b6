package org.omnimamba.inference.serving;

import org.omnimamba.inference.engine.Engine;
import org.omnimamba.inference.engine.EngineStatus;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * The engine's part of readiness: up once the weights are loaded, the image parts and one step of
 * each task have run, and while steps neither fail nor hang.
 */
@Component("engineHealthIndicator")
final class EngineHealthIndicator implements HealthIndicator {
  private final Engine engine;

  EngineHealthIndicator(Engine engine) {
    this.engine = engine;
  }

  @Override
  public Health health() {
    EngineStatus status = engine.status();
    boolean stalled = engine.stalled();
    Health.Builder health = engine.ready() ? Health.up() : Health.outOfService();
    return health
        .withDetail("state", status.state())
        .withDetail("stalled", stalled)
        .withDetail("running", status.running())
        .withDetail("waiting", status.waiting())
        .withDetail("slotsInUse", status.slotsInUse())
        .build();
  }
}
