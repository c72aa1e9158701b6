package org.omnimamba.web.replica;

import java.time.Duration;

/**
 * How replicas are found, watched and chosen.
 *
 * @param lookupInterval time between two questions to DNS for one name
 * @param probePath asked of each replica to learn whether it takes requests; one that answers 404
 *     has no such address, and counts as ready while it answers
 * @param probeInterval time between two probes of a replica
 * @param probeTimeout patience with one probe
 * @param lostAfter probes in a row without any answer after which a replica counts as lost, and
 *     what it was working on is ended
 * @param affinitySlack tokens that a replica may have waiting beyond the least busy one and still
 *     be preferred because it knows the picture
 */
public record ReplicaSettings(
    Duration lookupInterval,
    String probePath,
    Duration probeInterval,
    Duration probeTimeout,
    int lostAfter,
    long affinitySlack) {}
