package org.omnimamba.gateway;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.replica.ReplicaAddress;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Where requests go and who may send them.
 *
 * @param inferenceUrls where inference-service is: one address for each replica, or {@code
 *     dns://host:port} for one replica at each address that DNS has for the name
 * @param jobsUrl where job-service is, in the same forms
 * @param apiKey a key that works without a database, with every scope; for laptops and first keys
 */
@Validated
@ConfigurationProperties("omnimamba.gateway")
public record GatewayProperties(
    @NotEmpty List<@NotNull URI> inferenceUrls,
    @NotEmpty List<@NotNull URI> jobsUrl,
    @Nullable @Size(min = 16, max = 256) String apiKey) {

  @AssertTrue(
      message =
          "inference-urls and jobs-url must be addresses without a path:"
              + " http://host:port, https://host:port, or dns://host:port")
  boolean isPlainAddresses() {
    // What is missing is said by name already.
    return Stream.of(inferenceUrls, jobsUrl)
        .filter(Objects::nonNull)
        .flatMap(List::stream)
        .filter(Objects::nonNull)
        .allMatch(ReplicaAddress::isValid);
  }

  /** Without the key, and without the passwords that addresses may hold. */
  @Override
  public String toString() {
    return "GatewayProperties[apiKey=" + (apiKey == null ? "none" : "***") + "]";
  }
}
