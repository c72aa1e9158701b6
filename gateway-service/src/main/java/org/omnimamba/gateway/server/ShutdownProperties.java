package org.omnimamba.gateway.server;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How the process stops.
 *
 * @param grace how long requests and streams may go on after the process was told to stop; what is
 *     left then is answered with an error. The process must not be killed before grace and about
 *     ten seconds are over
 */
@Validated
@ConfigurationProperties("omnimamba.shutdown")
public record ShutdownProperties(
    @NotNull @DurationMin(millis = 0) @DefaultValue("50s") Duration grace) {}
