package org.omnimamba.jobs.web.webhooks;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.webhook.WebhookAttempt;
import org.omnimamba.jobs.webhook.WebhookDelivery;
import org.omnimamba.jobs.webhook.WebhookEndpoint;

/** What the webhook API takes and gives. */
final class WebhookViews {
  private WebhookViews() {}

  /**
   * The body that registers a receiver.
   *
   * @param url where to
   * @param events which events, all when absent
   * @param description the tenant's own words, at most 256 characters
   */
  @Schema(name = "NewWebhookEndpoint")
  record NewEndpoint(
      @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String url,
      @Nullable List<@Nullable String> events,
      @Nullable String description) {}

  /**
   * The body that changes a receiver; what is absent stays.
   *
   * @param url where to
   * @param events which events
   * @param description the tenant's own words
   * @param status {@code enabled} or {@code disabled}
   */
  @Schema(name = "WebhookEndpointChange")
  record EndpointChange(
      @Nullable String url,
      @Nullable List<@Nullable String> events,
      @Nullable String description,
      @Schema(allowableValues = {"enabled", "disabled"}) @Nullable String status) {}

  /**
   * A receiver.
   *
   * @param id its id
   * @param object always {@code webhook_endpoint}
   * @param url where to
   * @param events which events it gets
   * @param description the tenant's own words
   * @param status {@code enabled} or {@code disabled}
   * @param disabledReason why it is disabled
   * @param createdAt when it was registered
   * @param updatedAt when it was last changed
   * @param secret its signing secret, only in the answer that made it
   */
  @Schema(name = "WebhookEndpoint")
  record Endpoint(
      UUID id,
      String object,
      String url,
      List<String> events,
      @Nullable String description,
      String status,
      @JsonProperty("disabled_reason") @Nullable String disabledReason,
      @JsonProperty("created_at") Instant createdAt,
      @JsonProperty("updated_at") Instant updatedAt,
      @Nullable String secret) {

    static Endpoint of(WebhookEndpoint endpoint, @Nullable String secret) {
      return new Endpoint(
          endpoint.id(),
          "webhook_endpoint",
          endpoint.url(),
          endpoint.events(),
          endpoint.description(),
          endpoint.isEnabled() ? EndpointRequests.ENABLED : EndpointRequests.DISABLED,
          endpoint.disabledReason(),
          endpoint.createdAt(),
          endpoint.updatedAt(),
          secret);
    }
  }

  /**
   * Receivers, oldest first.
   *
   * @param object always {@code list}
   * @param data the receivers
   */
  @Schema(name = "WebhookEndpointList")
  record Endpoints(String object, List<Endpoint> data) {}

  /**
   * A signing secret.
   *
   * @param secret the text for the receiver's library, only in the answer that made it
   * @param createdAt when there first was one
   * @param rotatedAt when it was last replaced
   * @param previousValidUntil until when the one before signs too
   */
  @Schema(name = "WebhookSecret")
  record Secret(
      @Nullable String secret,
      @JsonProperty("created_at") Instant createdAt,
      @JsonProperty("rotated_at") @Nullable Instant rotatedAt,
      @JsonProperty("previous_valid_until") @Nullable Instant previousValidUntil) {}

  /**
   * One attempt to deliver.
   *
   * @param number from 1
   * @param at when it was recorded
   * @param httpStatus the answer's status
   * @param latencyMs how long it took
   * @param error why it failed
   * @param nextAt when the next one is due
   */
  @Schema(name = "WebhookAttempt")
  record Attempt(
      int number,
      Instant at,
      @JsonProperty("http_status") @Nullable Integer httpStatus,
      @JsonProperty("latency_ms") int latencyMs,
      @Nullable String error,
      @JsonProperty("next_at") @Nullable Instant nextAt) {

    static Attempt of(WebhookAttempt attempt) {
      return new Attempt(
          attempt.number(),
          attempt.at(),
          attempt.httpStatus(),
          attempt.latencyMs(),
          attempt.error(),
          attempt.nextAt());
    }
  }

  /**
   * One message for one receiver.
   *
   * @param id its id
   * @param object always {@code webhook_delivery}
   * @param webhookId the {@code webhook-id} header of every attempt
   * @param jobId the job it tells about
   * @param endpointId the registered receiver, absent for a URL given with the job
   * @param url where to
   * @param event what it tells
   * @param status pending, delivered or failed
   * @param createdAt when the job ended
   * @param finishedAt when it was delivered or given up
   * @param attempts the attempts, absent in lists
   */
  @Schema(name = "WebhookDelivery")
  record Delivery(
      UUID id,
      String object,
      @JsonProperty("webhook_id") String webhookId,
      @JsonProperty("job_id") UUID jobId,
      @JsonProperty("endpoint_id") @Nullable UUID endpointId,
      String url,
      String event,
      String status,
      @JsonProperty("created_at") Instant createdAt,
      @JsonProperty("finished_at") @Nullable Instant finishedAt,
      @Nullable List<Attempt> attempts) {

    static Delivery of(WebhookDelivery delivery, @Nullable List<WebhookAttempt> attempts) {
      return new Delivery(
          delivery.id(),
          "webhook_delivery",
          "msg_" + delivery.id(),
          delivery.jobId(),
          delivery.endpointId(),
          delivery.url(),
          delivery.event(),
          delivery.status(),
          delivery.createdAt(),
          delivery.finishedAt(),
          attempts == null ? null : attempts.stream().map(Attempt::of).toList());
    }
  }

  /**
   * Deliveries.
   *
   * @param object always {@code list}
   * @param data the deliveries
   * @param hasMore whether there are more
   */
  @Schema(name = "WebhookDeliveryList")
  record Deliveries(
      String object, List<Delivery> data, @JsonProperty("has_more") boolean hasMore) {}
}
