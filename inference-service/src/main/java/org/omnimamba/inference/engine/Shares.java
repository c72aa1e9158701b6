package org.omnimamba.inference.engine;

/**
 * How requesters share the engine while there is not enough for all of them.
 *
 * @param tenant the part of the admission's room that one requester can fill while it is alone,
 *     above 0 and at most 1. While others hold room it can fill less: a request is taken if what
 *     its requester then holds is within {@code tenant / (1 - tenant)} times what is then free. 1
 *     is no limit
 * @param jobs the part of the slots handed out that jobs get while interactive requests wait too,
 *     above 0 and at most 1
 */
public record Shares(double tenant, double jobs) {
  public Shares {
    check("tenant", tenant);
    check("jobs", jobs);
  }

  private static void check(String name, double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "the share '%s' must be above 0 and at most 1, is %s".formatted(name, share));
    }
  }
}
