package org.omnimamba.gateway.routing;

import org.omnimamba.web.replica.ReplicaPool;
import org.springframework.stereotype.Component;

/** The two services that requests go to. */
@Component
public record Upstreams(ReplicaPool inferenceReplicas, ReplicaPool jobReplicas) {
  /** The replicas that a route leads to. */
  ReplicaPool of(String route) {
    return switch (route) {
      case RouteConfiguration.INFERENCE -> inferenceReplicas;
      case RouteConfiguration.JOBS -> jobReplicas;
      default -> throw new IllegalArgumentException("no such route: " + route);
    };
  }
}
