package org.omnimamba.gateway.server;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Limits of connections.
 *
 * @param headTimeout time from a request's first byte to the end of its headers
 * @param idleTimeout how long a connection may wait for its next request
 * @param lingerTimeout how long a client may go on sending a body that was refused, so that it
 *     reads the answer
 */
@Validated
@ConfigurationProperties("omnimamba.gateway.server")
public record ServerProperties(
    @NotNull @DurationMin(millis = 1) @DefaultValue("15s") Duration headTimeout,
    @NotNull @DurationMin(millis = 1) @DefaultValue("75s") Duration idleTimeout,
    @NotNull @DurationMin(millis = 1) @DefaultValue("30s") Duration lingerTimeout) {}
