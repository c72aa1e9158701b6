package org.omnimamba.web.replica;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.bind.DefaultValue;

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
    @NotNull @DurationMin(millis = 1) @DefaultValue("5s") Duration lookupInterval,
    @NotNull @Pattern(regexp = "/[A-Za-z0-9/_.-]*") @DefaultValue("/readyz") String probePath,
    @NotNull @DurationMin(millis = 1) @DefaultValue("2s") Duration probeInterval,
    @NotNull @DurationMin(millis = 1) @DefaultValue("2s") Duration probeTimeout,
    @Min(1) @DefaultValue("3") int lostAfter,
    @Min(0) @DefaultValue("2048") long affinitySlack) {}
