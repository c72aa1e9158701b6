package org.omnimamba.jobs.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.omnimamba.jobs.webhook.address.AddressPolicy;
import org.omnimamba.jobs.webhook.address.RefusedAddressException;
import org.omnimamba.jobs.webhook.delivery.AttemptOutcome;
import org.omnimamba.jobs.webhook.delivery.RetrySchedule;
import org.omnimamba.jobs.webhook.delivery.WebhookClient;
import org.omnimamba.jobs.webhook.delivery.WebhookRequest;
import org.omnimamba.jobs.webhook.signing.SigningSecret;
import org.omnimamba.queue.JobContext;
import org.omnimamba.queue.JobError;
import org.omnimamba.queue.JobFailure;
import org.omnimamba.queue.JobHandler;
import org.omnimamba.queue.JobOutcome;
import reactor.core.publisher.Mono;

/** Makes one attempt of a delivery and says what follows from it. */
final class WebhookDeliveryHandler implements JobHandler {
  private final WebhookDeliveries deliveries;
  private final WebhookEndpoints endpoints;
  private final SigningSecrets secrets;
  private final TenantSecrets tenantSecrets;
  private final AddressPolicy policy;
  private final WebhookClient client;
  private final RetrySchedule schedule;

  WebhookDeliveryHandler(
      WebhookDeliveries deliveries,
      WebhookEndpoints endpoints,
      SigningSecrets secrets,
      TenantSecrets tenantSecrets,
      AddressPolicy policy,
      WebhookClient client,
      RetrySchedule schedule) {
    this.deliveries = deliveries;
    this.endpoints = endpoints;
    this.secrets = secrets;
    this.tenantSecrets = tenantSecrets;
    this.policy = policy;
    this.client = client;
    this.schedule = schedule;
  }

  @Override
  public Mono<JobOutcome> handle(JobContext context) {
    UUID id = DeliveryJobs.deliveryOf(context.job());
    return deliveries
        .find(context.job().tenant(), id)
        .switchIfEmpty(Mono.error(JobFailure.permanent("no_delivery", "the delivery is gone")))
        .flatMap(
            delivery ->
                secretsFor(delivery)
                    .flatMap(signing -> attempt(delivery, signing))
                    .map(outcome -> conclude(id, context.job().attempt(), outcome)));
  }

  private Mono<List<SigningSecret>> secretsFor(WebhookDelivery delivery) {
    UUID endpointId = delivery.endpointId();
    Mono<List<SigningSecret>> found =
        endpointId == null
            ? tenantSecrets.inForce(delivery.tenant())
            : endpoints
                .find(delivery.tenant(), endpointId)
                .filter(WebhookEndpoint::isEnabled)
                .flatMap(e -> secrets.inForce(delivery.tenant(), e.secretId()));
    return found.switchIfEmpty(
        Mono.error(JobFailure.permanent("disabled", "the receiver is disabled or gone")));
  }

  private Mono<AttemptOutcome> attempt(WebhookDelivery delivery, List<SigningSecret> signing) {
    try {
      WebhookRequest request =
          new WebhookRequest(
              "msg_" + delivery.id(),
              policy.check(delivery.url()),
              delivery.payload().getBytes(UTF_8),
              signing);
      return client.deliver(request);
    } catch (RefusedAddressException e) {
      return Mono.just(AttemptOutcome.refused());
    }
  }

  private JobOutcome conclude(UUID delivery, int made, AttemptOutcome outcome) {
    return switch (outcome.kind()) {
      case DELIVERED ->
          new JobOutcome.Completed(null, AttemptRecords.keeping(delivery, outcome, null));
      case GONE ->
          new JobOutcome.Failed(
              error(outcome), false, null, AttemptRecords.keepingAndDisabling(delivery, outcome));
      case FAILED -> {
        Optional<Duration> next =
            outcome.retryAfter() == null
                ? schedule.delayAfter(made)
                : schedule.delayAfter(made, outcome.retryAfter());
        Duration wait = next.orElse(null);
        yield new JobOutcome.Failed(
            error(outcome), wait != null, wait, AttemptRecords.keeping(delivery, outcome, wait));
      }
    };
  }

  private static JobError error(AttemptOutcome outcome) {
    return new JobError("delivery_failed", String.valueOf(outcome.error()));
  }
}
