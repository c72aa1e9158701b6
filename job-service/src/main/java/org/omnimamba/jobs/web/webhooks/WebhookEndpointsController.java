package org.omnimamba.jobs.web.webhooks;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.web.ConditionalOnApi;
import org.omnimamba.jobs.web.Ids;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.jobs.web.webhooks.WebhookViews.Endpoint;
import org.omnimamba.jobs.web.webhooks.WebhookViews.EndpointChange;
import org.omnimamba.jobs.web.webhooks.WebhookViews.Endpoints;
import org.omnimamba.jobs.web.webhooks.WebhookViews.NewEndpoint;
import org.omnimamba.jobs.web.webhooks.WebhookViews.Secret;
import org.omnimamba.jobs.webhook.ConditionalOnWebhooks;
import org.omnimamba.jobs.webhook.SigningSecrets;
import org.omnimamba.jobs.webhook.TenantSecrets;
import org.omnimamba.jobs.webhook.TooManySecretsException;
import org.omnimamba.jobs.webhook.WebhookEndpoint;
import org.omnimamba.jobs.webhook.WebhookEndpoints;
import org.omnimamba.jobs.webhook.address.AddressPolicy;
import org.omnimamba.web.internal.Tenant;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Registers receivers and gives out their secrets, once. */
@RestController
@RequestMapping("/v1/webhook-endpoints")
@ConditionalOnApi
@ConditionalOnWebhooks
@Tag(name = "Webhooks")
class WebhookEndpointsController {
  private final WebhookEndpoints endpoints;
  private final TenantSecrets tenantSecrets;
  private final EndpointRequests requests;

  WebhookEndpointsController(
      WebhookEndpoints endpoints, TenantSecrets tenantSecrets, AddressPolicy policy) {
    this.endpoints = endpoints;
    this.tenantSecrets = tenantSecrets;
    this.requests = new EndpointRequests(policy);
  }

  @PostMapping
  @Operation(summary = "Registers a receiver; its secret is in this answer and nowhere else")
  Mono<ResponseEntity<Endpoint>> register(Tenant tenant, @RequestBody Mono<NewEndpoint> body) {
    return body.map(requests::check)
        .flatMap(
            checked ->
                endpoints.register(
                    tenant.name(), checked.url(), checked.events(), checked.description()))
        .switchIfEmpty(
            Mono.error(
                () ->
                    new Problem(
                        ProblemType.CONFLICT, "There are as many endpoints as there may be.")))
        .map(
            made ->
                ResponseEntity.created(URI.create("/v1/webhook-endpoints/" + made.endpoint().id()))
                    .header("Cache-Control", "no-store")
                    .body(Endpoint.of(made.endpoint(), made.secret().secret().text())));
  }

  @GetMapping
  @Operation(summary = "Lists receivers, oldest first")
  Mono<Endpoints> list(Tenant tenant) {
    return endpoints
        .list(tenant.name())
        .map(endpoint -> Endpoint.of(endpoint, null))
        .collectList()
        .map(data -> new Endpoints("list", data));
  }

  @GetMapping("/{id}")
  @Operation(summary = "Shows a receiver")
  Mono<Endpoint> get(Tenant tenant, @PathVariable String id) {
    return find(tenant, id).map(endpoint -> Endpoint.of(endpoint, null));
  }

  @PatchMapping("/{id}")
  @Operation(summary = "Changes a receiver; what is absent stays")
  Mono<Endpoint> change(
      Tenant tenant, @PathVariable String id, @RequestBody Mono<EndpointChange> body) {
    return body.map(requests::check)
        .flatMap(
            change -> Ids.parse(id).flatMap(uuid -> endpoints.change(tenant.name(), uuid, change)))
        .switchIfEmpty(Mono.error(Problem::notFound))
        .map(endpoint -> Endpoint.of(endpoint, null));
  }

  @DeleteMapping("/{id}")
  @Operation(summary = "Removes a receiver with its deliveries")
  Mono<ResponseEntity<Void>> delete(Tenant tenant, @PathVariable String id) {
    return Ids.parse(id)
        .flatMap(uuid -> endpoints.delete(tenant.name(), uuid))
        .filter(deleted -> deleted)
        .switchIfEmpty(Mono.error(Problem::notFound))
        .thenReturn(ResponseEntity.noContent().build());
  }

  @PostMapping("/{id}/rotate-secret")
  @Operation(summary = "Replaces a receiver's secret; for a while both sign")
  Mono<ResponseEntity<Secret>> rotate(Tenant tenant, @PathVariable String id) {
    return Ids.parse(id)
        .flatMap(uuid -> endpoints.rotate(tenant.name(), uuid))
        .onErrorMap(TooManySecretsException.class, WebhookEndpointsController::tooMany)
        .switchIfEmpty(Mono.error(Problem::notFound))
        .map(rotated -> shownOnce(HttpStatus.OK, secret(rotated)));
  }

  @PostMapping("/default-secret")
  @Operation(
      summary = "Makes or replaces the secret that signs webhooks given with a job",
      description = "It is in this answer and nowhere else.")
  Mono<ResponseEntity<Secret>> defaultSecret(Tenant tenant) {
    return tenantSecrets
        .createOrRotate(tenant.name())
        .onErrorMap(TooManySecretsException.class, WebhookEndpointsController::tooMany)
        .map(WebhookEndpointsController::secret)
        .map(
            secret ->
                shownOnce(secret.rotatedAt() == null ? HttpStatus.CREATED : HttpStatus.OK, secret));
  }

  @GetMapping("/default-secret")
  @Operation(summary = "Tells whether there is a default secret and since when")
  Mono<Secret> defaultSecretDates(Tenant tenant) {
    return tenantSecrets
        .dates(tenant.name())
        .map(dates -> secret(null, dates))
        .switchIfEmpty(Mono.error(Problem::notFound));
  }

  private static Secret secret(SigningSecrets.Rotated rotated) {
    return secret(rotated.fresh().secret().text(), rotated.dates());
  }

  private static Secret secret(@Nullable String text, SigningSecrets.Dates dates) {
    return new Secret(text, dates.created(), dates.rotated(), dates.previousUntil());
  }

  private static Problem tooMany(TooManySecretsException refused) {
    return new Problem(
            ProblemType.CONFLICT, "As many replaced secrets still sign as may; rotate again later.")
        .withRetryAfter(refused.retryAfter());
  }

  private static ResponseEntity<Secret> shownOnce(HttpStatus status, Secret secret) {
    return ResponseEntity.status(status).header("Cache-Control", "no-store").body(secret);
  }

  private Mono<WebhookEndpoint> find(Tenant tenant, String id) {
    return Ids.parse(id)
        .flatMap(uuid -> endpoints.find(tenant.name(), uuid))
        .switchIfEmpty(Mono.error(Problem::notFound));
  }
}
