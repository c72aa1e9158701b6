package org.omnimamba.gateway;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotEmpty;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Where requests go and who may send them.
 *
 * @param inferenceUrls one address for each replica of inference-service
 * @param jobsUrl address of job-service
 * @param apiKey a key that works without a database, with every scope; for laptops and first keys
 * @param body limits of request bodies
 */
@Validated
@ConfigurationProperties("omnimamba.gateway")
public record GatewayProperties(
    @NotEmpty List<@NotNull URI> inferenceUrls,
    @NotNull URI jobsUrl,
    @Nullable @Size(min = 16, max = 256) String apiKey,
    @Valid @DefaultValue Body body) {

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

  /**
   * Limits of request bodies.
   *
   * @param maxSize largest body; a larger one is refused with 413, whether announced or chunked
   * @param timeout time for the whole body to arrive; then 408
   * @param memory all bodies held at one time together; when it is used up, 503
   * @param maxDepth deepest nesting of JSON
   */
  public record Body(
      @DefaultValue("20MB") DataSize maxSize,
      @DefaultValue("60s") Duration timeout,
      @DefaultValue("256MB") DataSize memory,
      @DefaultValue("64") @Positive int maxDepth) {}
}
