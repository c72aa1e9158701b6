package org.omnimamba.inference.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Waiting requests of one traffic class. Tenants take turns, and each tenant's requests go in the
 * order in which they came. A turn is one sequence: a tenant whose request has {@code n} of them
 * sits out its next {@code n - 1} turns, as long as any tenant waits. Engine thread only.
 */
final class TenantTurns {
  private final Map<@Nullable String, Line> byTenant = new HashMap<>();
  private final Deque<Line> ring = new ArrayDeque<>();
  private int requests;
  private int sequences;

  private static final class Line {
    final @Nullable String tenant;
    final Deque<ActiveRequest> waiting = new ArrayDeque<>();
    int turnsToSitOut;

    Line(@Nullable String tenant) {
      this.tenant = tenant;
    }
  }

  boolean isEmpty() {
    return requests == 0;
  }

  /** Sequences of all requests here. */
  int sequences() {
    return sequences;
  }

  void add(ActiveRequest request) {
    String tenant = request.request.requester().tenant();
    Line line = byTenant.get(tenant);
    if (line == null) {
      line = new Line(tenant);
      byTenant.put(tenant, line);
      ring.add(line);
    }
    line.waiting.add(request);
    requests++;
    sequences += request.sequences();
  }

  /** Takes out the request whose turn it is; there must be one. */
  ActiveRequest take() {
    while (true) {
      Line line = ring.remove();
      if (line.turnsToSitOut > 0) {
        line.turnsToSitOut--;
        ring.add(line);
      } else if (line.waiting.isEmpty()) {
        byTenant.remove(line.tenant);
      } else {
        ActiveRequest request = line.waiting.remove();
        line.turnsToSitOut = request.sequences() - 1;
        ring.add(line);
        gone(request);
        return request;
      }
    }
  }

  /** Takes out a request before its turn, if it is here. */
  void remove(ActiveRequest request) {
    Line line = byTenant.get(request.request.requester().tenant());
    if (line != null && line.waiting.remove(request)) {
      gone(request);
    }
  }

  private void gone(ActiveRequest request) {
    requests--;
    sequences -= request.sequences();
    if (requests == 0) {
      byTenant.clear();
      ring.clear();
    }
  }
}
