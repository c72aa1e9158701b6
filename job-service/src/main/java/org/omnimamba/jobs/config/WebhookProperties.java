package org.omnimamba.jobs.config;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Sending webhooks.
 *
 * @param secretKey base64 of 32 random bytes, seals the signing secrets in the database; without it
 *     there are no webhooks
 * @param previousSecretKeys keys that were replaced and still open what they sealed
 * @param allowedPorts ports that may be contacted
 * @param allowedNetworks receivers inside a cluster or a company that may be contacted: CIDR
 *     blocks, addresses, hosts ({@code hooks.example}, {@code *.hooks.example}, with or without a
 *     port)
 * @param allowHttp whether listed hosts, and addresses in listed blocks, are reached over http too
 * @param proxy what all deliveries go through, or null
 * @param developmentHosts exceptions for local development, {@code host} or {@code host:port}:
 *     reached over http too and wherever they point; empty in production
 * @param timeout for one attempt
 * @param concurrency attempts made at once by this process
 * @param maxRunning attempts for one tenant made at once by all processes; fewer than {@code
 *     concurrency}, so that receivers that hang leave slots for other tenants
 * @param rotationOverlap how long a replaced secret still signs beside the new one
 * @param maxEndpoints endpoints of one tenant
 */
public record WebhookProperties(
    @Nullable String secretKey,
    @DefaultValue({}) List<String> previousSecretKeys,
    @DefaultValue("443") Set<@Min(1) @Max(65535) Integer> allowedPorts,
    @DefaultValue({})
        Set<
                @Pattern(
                    regexp = WebhookProperties.DESTINATION,
                    message = WebhookProperties.DESTINATION_FORM)
                String>
            allowedNetworks,
    @DefaultValue("false") boolean allowHttp,
    @Valid @Nullable Proxy proxy,
    @DefaultValue({}) Set<String> developmentHosts,
    @DefaultValue("15s") @DurationMin(millis = 100) Duration timeout,
    @DefaultValue("8") @Min(1) @Max(1024) int concurrency,
    @DefaultValue("4") @Min(1) int maxRunning,
    @DefaultValue("24h") @DurationMin(seconds = 0) Duration rotationOverlap,
    @DefaultValue("20") @Min(1) @Max(1000) int maxEndpoints) {

  static final String DESTINATION =
      "[0-9a-fA-F.:]+(/[0-9]{1,3})?|(\\*\\.)?[a-zA-Z0-9-]+(\\.[a-zA-Z0-9-]+)*(:[0-9]{1,5})?";
  static final String DESTINATION_FORM =
      "must be a block of addresses (10.20.0.0/16), an address, a host (hooks.example) or all hosts"
          + " below a name (*.hooks.example), hosts with or without a port";

  /**
   * A proxy that is asked by HTTP CONNECT.
   *
   * @param url {@code http://host:port}
   * @param username for basic authentication, or null
   * @param password goes with the username
   */
  public record Proxy(@NotNull URI url, @Nullable String username, @Nullable String password) {
    @AssertTrue(message = "url must be http://host:port")
    public boolean isUrlOfAProxy() {
      return url == null
          || ("http".equals(url.getScheme())
              && url.getHost() != null
              && url.getPort() > 0
              && url.getRawUserInfo() == null
              && (url.getRawPath().isEmpty() || url.getRawPath().equals("/")));
    }

    @AssertTrue(message = "username and password go together")
    public boolean isLoginComplete() {
      return (username == null) == (password == null);
    }

    /** Never the password itself. */
    @Override
    public String toString() {
      return "Proxy[url=" + url + "]";
    }
  }

  /** Whether there are webhooks at all. */
  public boolean enabled() {
    return secretKey != null && !secretKey.isEmpty();
  }

  @AssertTrue(message = "secret-key and previous-secret-keys must be base64 of 32 bytes each")
  public boolean isEveryKeyWellFormed() {
    return keyTexts().allMatch(WebhookProperties::isKey);
  }

  /** The decoded keys, the sealing one first; empty without webhooks. */
  public List<byte[]> keys() {
    List<byte[]> keys = new ArrayList<>();
    keyTexts().forEach(text -> keys.add(Base64.getDecoder().decode(text)));
    return keys;
  }

  private Stream<String> keyTexts() {
    return secretKey == null || secretKey.isEmpty()
        ? Stream.of()
        : Stream.concat(Stream.of(secretKey), previousSecretKeys.stream());
  }

  private static boolean isKey(String base64) {
    try {
      return Base64.getDecoder().decode(base64).length == 32;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Never the keys themselves. */
  @Override
  public String toString() {
    return "WebhookProperties[enabled=" + enabled() + "]";
  }
}
