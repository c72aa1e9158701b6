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
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.queue.worker.JobContext;
import org.omnimamba.queue.worker.JobFailure;
import org.omnimamba.queue.worker.JobHandler;
import org.omnimamba.queue.worker.JobOutcome;
import org.omnimamba.web.logging.RepeatedWarning;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.util.function.Tuple2;
import reactor.util.function.Tuples;

/** Makes one attempt of a delivery and says what follows from it. */
final class WebhookDeliveryHandler implements JobHandler {
  private static final Logger log = LoggerFactory.getLogger(WebhookDeliveryHandler.class);

  private static final String UNAVAILABLE = "webhooks_unavailable";
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

  private final DeliveryJobs jobs;
  private final WebhookDeliveries deliveries;
  private final WebhookEndpoints endpoints;
  private final SigningSecrets secrets;
  private final TenantSecrets tenantSecrets;
  private final AddressPolicy policy;
  private final WebhookClient client;
  private final RetrySchedule schedule;
  private final RepeatedWarning postponed = new RepeatedWarning(log);

  WebhookDeliveryHandler(
      DeliveryJobs jobs,
      WebhookDeliveries deliveries,
      WebhookEndpoints endpoints,
      SigningSecrets secrets,
      TenantSecrets tenantSecrets,
      AddressPolicy policy,
      WebhookClient client,
      RetrySchedule schedule) {
    this.jobs = jobs;
    this.deliveries = deliveries;
    this.endpoints = endpoints;
    this.secrets = secrets;
    this.tenantSecrets = tenantSecrets;
    this.policy = policy;
    this.client = client;
    this.schedule = schedule;
  }

  /** What an attempt needs: the receiver as it is now, and where the delivery stands. */
  private record Due(WebhookDelivery delivery, String url, List<SigningSecret> secrets, int made) {}

  @Override
  public Mono<JobOutcome> handle(JobContext context) {
    UUID id = jobs.deliveryOf(context.job());
    return deliveries
        .find(context.job().tenant(), id)
        .switchIfEmpty(Mono.error(JobFailure.permanent("no_delivery", "the delivery is gone")))
        .flatMap(this::due)
        .flatMap(due -> attempt(due).flatMap(outcome -> conclude(due, outcome)))
        .onErrorResume(
            error -> !(error instanceof JobFailure),
            error -> Mono.just(ownFault(context.job(), id, error)));
  }

  /**
   * The receiver had no part in it, so it costs none of its attempts. What lasts for as long as a
   * receiver would be tried, such as a sealing key that is lost, is given up: the delivery is a
   * dead letter then, and can be replayed.
   */
  private JobOutcome ownFault(Job job, UUID delivery, Throwable error) {
    // both by the database's clock: the job changed when it was claimed
    Duration age = Duration.between(job.times().created(), job.times().updated());
    JobError reason = new JobError(UNAVAILABLE, error.getClass().getSimpleName());
    if (age.compareTo(RetrySchedule.LENGTH) >= 0) {
      log.error("delivery {} is given up after {}: {}", delivery, age, error.toString());
      return new JobOutcome.Failed(
          reason,
          false,
          null,
          (connection, ended) ->
              AttemptRecords.keepingNone(connection, delivery, "webhooks unavailable"));
    }
    postponed.warn("delivery", "delivery " + delivery + " had to be put off: " + error);
    // the longer it lasts, the less often it is looked at
    Duration wait = age.dividedBy(4);
    return new JobOutcome.Postponed(
        reason, wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait, TransactionHook.NONE);
  }

  private Mono<Due> due(WebhookDelivery delivery) {
    UUID endpointId = delivery.endpointId();
    String tenant = delivery.tenant();
    Mono<Tuple2<String, List<SigningSecret>>> found =
        endpointId == null
            ? tenantSecrets.inForce(tenant).map(signing -> Tuples.of(delivery.url(), signing))
            : endpoints
                .find(tenant, endpointId)
                .filter(WebhookEndpoint::isEnabled)
                .flatMap(
                    endpoint ->
                        secrets
                            .inForce(tenant, endpoint.secretId())
                            .map(signing -> Tuples.of(endpoint.url(), signing)));
    return found
        .switchIfEmpty(
            Mono.error(JobFailure.permanent("disabled", "the receiver is disabled or gone")))
        .zipWhen(
            receiver -> deliveries.made(delivery.id()),
            (receiver, made) ->
                new Due(delivery, receiver.getT1(), receiver.getT2(), made.intValue() + 1));
  }

  private Mono<AttemptOutcome> attempt(Due due) {
    try {
      WebhookRequest request =
          new WebhookRequest(
              "msg_" + due.delivery().id(),
              policy.check(due.url()),
              due.delivery().payload().getBytes(UTF_8),
              due.secrets());
      return client.deliver(request);
    } catch (RefusedAddressException e) {
      return Mono.just(AttemptOutcome.refused());
    }
  }

  private Mono<JobOutcome> conclude(Due due, AttemptOutcome outcome) {
    UUID id = due.delivery().id();
    return switch (outcome.kind()) {
      case DELIVERED ->
          Mono.just(
              new JobOutcome.Completed(null, AttemptRecords.keeping(id, due.url(), outcome, null)));
      case GONE ->
          hasMoved(due)
              .map(
                  moved ->
                      moved
                          ? failed(due, outcome)
                          : new JobOutcome.Failed(
                              error(outcome),
                              false,
                              null,
                              AttemptRecords.keepingAndDisabling(id, due.url(), outcome)));
      case FAILED -> Mono.just(failed(due, outcome));
    };
  }

  /** Whether the receiver got another URL while the one before answered that it is gone. */
  private Mono<Boolean> hasMoved(Due due) {
    UUID endpointId = due.delivery().endpointId();
    return endpointId == null
        ? Mono.just(false)
        : endpoints
            .find(due.delivery().tenant(), endpointId)
            .map(endpoint -> !endpoint.url().equals(due.url()))
            .defaultIfEmpty(false)
            .onErrorReturn(false);
  }

  private JobOutcome failed(Due due, AttemptOutcome outcome) {
    Optional<Duration> next =
        outcome.retryAfter() == null
            ? schedule.delayAfter(due.made())
            : schedule.delayAfter(due.made(), outcome.retryAfter());
    Duration wait = next.orElse(null);
    return new JobOutcome.Failed(
        error(outcome),
        wait != null,
        wait,
        AttemptRecords.keeping(due.delivery().id(), due.url(), outcome, wait));
  }

  private static JobError error(AttemptOutcome outcome) {
    return new JobError("delivery_failed", String.valueOf(outcome.error()));
  }
}
