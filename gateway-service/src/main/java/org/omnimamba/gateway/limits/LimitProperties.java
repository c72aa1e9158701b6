package org.omnimamba.gateway.limits;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What tenants may use.
 *
 * @param everyone limits of a tenant that is not named
 * @param tenants limits of single tenants, whole
 * @param completionTokens tokens counted for a choice that does not say how many it wants
 * @param imageTokens tokens of one picture
 * @param redis where gateways share their counts; without it each counts for itself
 */
@Validated
@ConfigurationProperties("omnimamba.gateway.limits")
public record LimitProperties(
    @Valid @NotNull @DefaultValue Tenant everyone,
    @Valid @NotNull @DefaultValue Map<String, @Valid Tenant> tenants,
    @Min(1) @DefaultValue("512") long completionTokens,
    @Min(1) @DefaultValue("256") long imageTokens,
    @Valid @Nullable Redis redis) {

  /**
   * Limits of one tenant.
   *
   * @param requestsPerMinute requests, refilled evenly; also the largest burst
   * @param tokensPerMinute generated tokens, refilled evenly; also the largest burst
   * @param imagesInFlight pictures being drawn at one time
   */
  public record Tenant(
      @Min(1) @DefaultValue("600") long requestsPerMinute,
      @Min(1) @DefaultValue("600000") long tokensPerMinute,
      @Min(1) @DefaultValue("32") int imagesInFlight) {}

  /**
   * Shared counts.
   *
   * @param url {@code redis://[user:password@]host[:port][/database]} or {@code rediss://...}
   * @param timeout patience with one question
   * @param whenDown what happens while Redis does not answer
   * @param localShare with {@link WhenDown#LOCAL}, the part of each limit that every single gateway
   *     then grants: 1 divided by the number of gateways keeps the sum
   */
  public record Redis(
      @NotNull URI url,
      @NotNull @DurationMin(millis = 1) @DefaultValue("250ms") Duration timeout,
      @NotNull @DefaultValue("CLOSED") WhenDown whenDown,
      @DefaultValue("0.5") double localShare) {
    public Redis {
      if (!(localShare > 0 && localShare <= 1)) {
        throw new IllegalArgumentException("local-share must be above 0 and at most 1");
      }
    }

    /** Without the password that the address may hold. */
    @Override
    public String toString() {
      return "Redis[host="
          + url.getHost()
          + ", timeout="
          + timeout
          + ", whenDown="
          + whenDown
          + "]";
    }
  }

  /** What happens while Redis does not answer. */
  public enum WhenDown {
    /** Requests are refused with 503. */
    CLOSED,
    /** Each gateway counts for itself, against a share of each limit. */
    LOCAL
  }

  /** The limits of a tenant. */
  public Tenant of(String tenant) {
    return tenants.getOrDefault(tenant, everyone);
  }
}
