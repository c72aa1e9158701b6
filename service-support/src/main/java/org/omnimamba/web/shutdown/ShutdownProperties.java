package org.omnimamba.web.shutdown;

import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How a service stops; the same for all of them. The process must not be killed before {@link
 * #grace} and 15 seconds are over.
 *
 * @param grace how long requests, streams and jobs may go on after the process was told to stop.
 *     What is left then is answered with an error or, if it is a job, given back to the queue
 */
@Validated
@ConfigurationProperties("omnimamba.shutdown")
public record ShutdownProperties(
    @NotNull @DurationMin(millis = 0) @DefaultValue("45s") Duration grace) {

  /** How long, after the grace period, it may take to answer or give back what is left. */
  public static final Duration CLOSING = Duration.ofSeconds(10);

  /**
   * How long each of Spring's phases may take: longer than what the service itself allows, so that
   * the service ends its work and not Spring.
   */
  public Duration phase() {
    return grace.plus(CLOSING).plusSeconds(1);
  }
}
