package org.omnimamba.jobs.web.jobs;

import java.util.List;
import org.omnimamba.jobs.job.InferenceJob;
import org.omnimamba.jobs.job.WebhookSpec;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.Problem.MemberError;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.jobs.webhook.TenantSecrets;
import org.omnimamba.jobs.webhook.address.AddressPolicy;
import org.omnimamba.jobs.webhook.address.RefusedAddressException;
import org.omnimamba.web.internal.Tenant;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Refuses a job whose webhook could never be delivered or verified. */
@Component
class JobWebhookGate {
  private final ObjectProvider<AddressPolicy> policy;
  private final ObjectProvider<TenantSecrets> secrets;

  JobWebhookGate(ObjectProvider<AddressPolicy> policy, ObjectProvider<TenantSecrets> secrets) {
    this.policy = policy;
    this.secrets = secrets;
  }

  Mono<Void> check(Tenant tenant, InferenceJob job) {
    WebhookSpec webhook = job.attributes().webhook();
    if (webhook == null) {
      return Mono.empty();
    }
    AddressPolicy addresses = policy.getIfAvailable();
    TenantSecrets tenantSecrets = secrets.getIfAvailable();
    if (addresses == null || tenantSecrets == null) {
      return Mono.error(invalid("/webhook", "webhooks are not configured here"));
    }
    try {
      addresses.check(webhook.url());
    } catch (RefusedAddressException e) {
      return Mono.error(
          new Problem(ProblemType.ADDRESS_REFUSED, "The address of the webhook is refused.")
              .with(
                  "errors",
                  List.of(new MemberError("/webhook/url", String.valueOf(e.getMessage())))));
    }
    return tenantSecrets
        .find(tenant.name())
        .switchIfEmpty(
            Mono.error(
                () ->
                    invalid(
                        "/webhook",
                        "there is no secret to sign with yet: get one by POST"
                            + " /v1/webhook-endpoints/default-secret")))
        .then();
  }

  private static Problem invalid(String pointer, String detail) {
    return Problem.validation(List.of(new MemberError(pointer, detail)));
  }
}
