package org.omnimamba.standalone.server;

import org.omnimamba.standalone.engines.EngineCounts;
import org.omnimamba.standalone.engines.EngineFleet;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** The part of the gateway's readiness that several engines have: one of them is enough. */
final class EnginesHealth implements HealthIndicator {
  private final EngineFleet engines;

  EnginesHealth(EngineFleet engines) {
    this.engines = engines;
  }

  @Override
  public Health health() {
    EngineCounts counts = engines.counts();
    return (counts.ready() > 0 ? Health.up() : Health.outOfService())
        .withDetail("ready", counts.ready())
        .withDetail("all", counts.all())
        .build();
  }
}
