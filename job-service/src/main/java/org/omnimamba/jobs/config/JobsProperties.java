package org.omnimamba.jobs.config;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.replica.ReplicaAddress;
import org.omnimamba.web.replica.ReplicaSettings;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of job-service.
 *
 * @param inferenceUrls where inference-service is: one address for each replica, or {@code
 *     dns://host:port} for one replica at each address that DNS has for the name
 * @param inferenceUrl the same for one replica, where there are no {@code inferenceUrls}
 * @param publicUrl the address that clients see, the base of the links in webhooks
 * @param routing how replicas of inference-service are found, watched and chosen
 * @param api the HTTP side
 * @param queue lease, attempts and tenants' limits
 * @param worker the working side
 * @param results where results are kept
 * @param files files that clients upload
 * @param batches files of requests
 * @param webhooks sending webhooks
 */
@Validated
@ConfigurationProperties("omnimamba.jobs")
public record JobsProperties(
    @Nullable List<@NotNull URI> inferenceUrls,
    @NotNull @DefaultValue("http://localhost:8081") URI inferenceUrl,
    @NotNull @DefaultValue("http://localhost:8080") URI publicUrl,
    @Valid @DefaultValue ReplicaSettings routing,
    @Valid @DefaultValue ApiProperties api,
    @Valid @DefaultValue QueueProperties queue,
    @Valid @DefaultValue WorkerProperties worker,
    @Valid @DefaultValue ResultProperties results,
    @Valid @DefaultValue FileProperties files,
    @Valid @DefaultValue BatchProperties batches,
    @Valid @DefaultValue WebhookProperties webhooks) {

  /** All addresses of inference-service. */
  public List<URI> inference() {
    return inferenceUrls == null || inferenceUrls.isEmpty() ? List.of(inferenceUrl) : inferenceUrls;
  }

  @AssertTrue(
      message =
          "inference-urls must be addresses without a path:"
              + " http://host:port, https://host:port, or dns://host:port")
  boolean isPlainAddresses() {
    return inference().stream().allMatch(ReplicaAddress::isValid);
  }
}
