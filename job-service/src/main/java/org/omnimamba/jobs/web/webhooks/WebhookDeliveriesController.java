package org.omnimamba.jobs.web.webhooks;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.web.ConditionalOnApi;
import org.omnimamba.jobs.web.Ids;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.jobs.web.webhooks.WebhookViews.Deliveries;
import org.omnimamba.jobs.web.webhooks.WebhookViews.Delivery;
import org.omnimamba.jobs.webhook.ConditionalOnWebhooks;
import org.omnimamba.jobs.webhook.DeliveryQueueFullException;
import org.omnimamba.jobs.webhook.WebhookDeliveries;
import org.omnimamba.jobs.webhook.WebhookDelivery;
import org.omnimamba.jobs.webhook.WebhookEndpoints;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.web.internal.Tenant;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Shows deliveries and their attempts, and delivers again on request. */
@RestController
@ConditionalOnApi
@ConditionalOnWebhooks
@Tag(name = "Webhooks")
class WebhookDeliveriesController {
  private final WebhookDeliveries deliveries;
  private final WebhookEndpoints endpoints;
  private final JobQueue queue;

  WebhookDeliveriesController(
      WebhookDeliveries deliveries, WebhookEndpoints endpoints, JobQueue queue) {
    this.deliveries = deliveries;
    this.endpoints = endpoints;
    this.queue = queue;
  }

  @GetMapping("/v1/jobs/{id}/deliveries")
  @Operation(summary = "Lists what was told about a job, oldest first")
  Mono<Deliveries> ofJob(Tenant tenant, @PathVariable String id) {
    return Ids.parse(id)
        .flatMap(uuid -> queue.get(tenant.name(), uuid))
        .switchIfEmpty(Mono.error(Problem::notFound))
        .flatMapMany(job -> deliveries.ofJob(tenant.name(), job.id()))
        .map(delivery -> Delivery.of(delivery, null))
        .collectList()
        .map(data -> new Deliveries("list", data, false));
  }

  @GetMapping("/v1/webhook-endpoints/{id}/deliveries")
  @Operation(summary = "Lists what a receiver was told, newest first")
  Mono<Deliveries> ofEndpoint(
      Tenant tenant,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(defaultValue = "20") int limit) {
    if (limit < 1 || limit > 100) {
      return Mono.error(invalid("limit must be 1 to 100."));
    }
    UUID position =
        after == null
            ? null
            : Ids.tryParse(after).orElseThrow(() -> invalid("after is not the id of a delivery."));
    return Ids.parse(id)
        .flatMap(uuid -> endpoints.find(tenant.name(), uuid))
        .switchIfEmpty(Mono.error(Problem::notFound))
        .flatMapMany(
            endpoint -> deliveries.ofEndpoint(tenant.name(), endpoint.id(), position, limit + 1))
        .collectList()
        .map(found -> page(found, limit));
  }

  @GetMapping("/v1/webhook-endpoints/deliveries/{id}")
  @Operation(summary = "Shows a delivery with its attempts")
  Mono<Delivery> get(Tenant tenant, @PathVariable String id) {
    return Ids.parse(id)
        .flatMap(uuid -> deliveries.find(tenant.name(), uuid))
        .switchIfEmpty(Mono.error(Problem::notFound))
        .flatMap(
            delivery ->
                deliveries
                    .attempts(delivery.id())
                    .collectList()
                    .map(attempts -> Delivery.of(delivery, attempts)));
  }

  @PostMapping("/v1/webhook-endpoints/deliveries/{id}/replay")
  @Operation(summary = "Delivers once more, under the same webhook-id")
  Mono<ResponseEntity<Delivery>> replay(Tenant tenant, @PathVariable String id) {
    return Ids.parse(id)
        .flatMap(uuid -> deliveries.find(tenant.name(), uuid))
        .switchIfEmpty(Mono.error(Problem::notFound))
        .flatMap(delivery -> deliveries.replay(tenant.name(), delivery.id()))
        .onErrorMap(
            DeliveryQueueFullException.class,
            full ->
                new Problem(ProblemType.QUEUE_FULL, "As many deliveries wait as may wait.")
                    .withHeader(
                        "Retry-After", Long.toString(full.retryAfter().plusSeconds(1).toSeconds())))
        .switchIfEmpty(
            Mono.error(() -> new Problem(ProblemType.CONFLICT, "The delivery is still under way.")))
        .map(
            delivery ->
                ResponseEntity.status(HttpStatus.ACCEPTED).body(Delivery.of(delivery, null)));
  }

  private static Deliveries page(List<WebhookDelivery> found, int limit) {
    List<Delivery> data =
        found.stream().limit(limit).map(delivery -> Delivery.of(delivery, null)).toList();
    return new Deliveries("list", data, found.size() > limit);
  }

  private static Problem invalid(String detail) {
    return new Problem(ProblemType.INVALID_REQUEST, detail);
  }
}
