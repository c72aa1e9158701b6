package org.omnimamba.web.database;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Out of service until the tables can be used; for services that can do nothing without. */
public final class DatabaseGateHealth implements HealthIndicator {
  private final DatabaseGate gate;

  public DatabaseGateHealth(DatabaseGate gate) {
    this.gate = gate;
  }

  @Override
  public Health health() {
    String reason = gate.reason();
    return gate.isOpen()
        ? Health.up().build()
        : Health.outOfService()
            .withDetail("reason", reason == null ? "not tried yet" : reason)
            .build();
  }
}
