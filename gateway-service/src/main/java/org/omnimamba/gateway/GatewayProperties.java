package org.omnimamba.gateway;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * Where requests go and who may send them.
 *
 * @param inferenceUrls one address for each replica of inference-service
 * @param jobsUrl address of job-service
 * @param apiKey a key that works without a database, with every scope; for laptops and first keys
 */
@Validated
@ConfigurationProperties("omnimamba.gateway")
public record GatewayProperties(
    @NotEmpty List<@NotNull URI> inferenceUrls,
    @NotNull URI jobsUrl,
    @Nullable @Size(min = 16, max = 256) String apiKey) {

  @AssertTrue(message = "inference-urls and jobs-url must be http(s) addresses without a path")
  boolean isPlainAddresses() {
    return plain(jobsUrl) && inferenceUrls.stream().allMatch(GatewayProperties::plain);
  }

  private static boolean plain(URI uri) {
    String path = uri.getRawPath();
    return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
        && uri.getHost() != null
        && (path == null || path.isEmpty() || path.equals("/"))
        && uri.getRawQuery() == null
        && uri.getRawUserInfo() == null;
  }
}
