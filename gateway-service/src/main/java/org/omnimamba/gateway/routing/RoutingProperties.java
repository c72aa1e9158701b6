package org.omnimamba.gateway.routing;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.omnimamba.web.replica.ReplicaSettings;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How a replica is chosen and given up.
 *
 * @param lookupInterval time between two questions to DNS for a {@code dns://} address
 * @param probePath asked of each replica to learn whether it takes requests; one that answers 404
 *     has no such address, and counts as ready while it answers
 * @param probeInterval time between two probes of a replica
 * @param probeTimeout patience with one probe
 * @param lostAfter probes in a row without any answer after which a replica counts as lost, and
 *     what it was working on is ended
 * @param attempts replicas that are tried for one request
 * @param responseTimeout patience with an answer's first byte
 * @param jobsTimeout the same with job-service, which answers at once unless it is asked to wait
 * @param affinitySlack tokens that a replica may have waiting beyond the least busy one and still
 *     be preferred because it knows the picture
 */
@Validated
@ConfigurationProperties("omnimamba.gateway.routing")
public record RoutingProperties(
    @NotNull @DurationMin(millis = 1) @DefaultValue("5s") Duration lookupInterval,
    @NotNull @Pattern(regexp = "/[A-Za-z0-9/_.-]*") @DefaultValue("/readyz") String probePath,
    @NotNull @DurationMin(millis = 1) @DefaultValue("2s") Duration probeInterval,
    @NotNull @DurationMin(millis = 1) @DefaultValue("2s") Duration probeTimeout,
    @Min(1) @DefaultValue("3") int lostAfter,
    @Min(1) @Max(10) @DefaultValue("3") int attempts,
    @NotNull @DurationMin(millis = 1) @DefaultValue("10m") Duration responseTimeout,
    @NotNull @DurationMin(millis = 1) @DefaultValue("30s") Duration jobsTimeout,
    @Min(0) @DefaultValue("2048") long affinitySlack) {

  ReplicaSettings replicas() {
    return new ReplicaSettings(
        lookupInterval, probePath, probeInterval, probeTimeout, lostAfter, affinitySlack);
  }
}
