package org.omnimamba.gateway.keys;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.omnimamba.gateway.access.Caller;
import org.omnimamba.gateway.errors.ApiException;
import org.omnimamba.gateway.errors.ErrorTranslator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Creates, lists and revokes keys. Needs a key with the scope {@code admin}. */
@RestController
@RequestMapping("/admin/v1/keys")
final class AdminKeysController {
  private static final Logger log = LoggerFactory.getLogger(AdminKeysController.class);

  private final ObjectProvider<KeyService> service;

  AdminKeysController(ObjectProvider<KeyService> service) {
    this.service = service;
  }

  @PostMapping
  Mono<ResponseEntity<KeyView.Created>> create(
      @RequestBody CreateKeyRequest request, ServerWebExchange exchange) {
    String by = Caller.of(exchange).keyId();
    return keys()
        .create(request)
        .doOnNext(made -> log.info("key {} was created by {}", made.stored().prefix(), by))
        .map(
            made ->
                ResponseEntity.created(URI.create("/admin/v1/keys/" + made.stored().id()))
                    .cacheControl(CacheControl.noStore())
                    .body(KeyView.Created.of(made)));
  }

  @GetMapping
  Mono<Map<String, List<KeyView>>> list(@RequestParam Optional<String> tenant) {
    tenant.ifPresent(CreateKeyRequest::checkTenant);
    return keys().list(tenant).map(KeyView::of).collectList().map(all -> Map.of("data", all));
  }

  @GetMapping("/{id}")
  Mono<KeyView> get(@PathVariable String id) {
    return keys()
        .get(parse(id))
        .map(KeyView::of)
        .switchIfEmpty(Mono.error(AdminKeysController::unknown));
  }

  @DeleteMapping("/{id}")
  Mono<ResponseEntity<Void>> revoke(@PathVariable String id, ServerWebExchange exchange) {
    String by = Caller.of(exchange).keyId();
    return keys()
        .revoke(parse(id))
        .doOnNext(key -> log.info("key {} was revoked by {}", key.prefix(), by))
        .map(key -> ResponseEntity.noContent().<Void>build())
        .switchIfEmpty(Mono.error(AdminKeysController::unknown));
  }

  private KeyService keys() {
    KeyService keys = service.getIfAvailable();
    if (keys == null) {
      throw ApiException.serverError(
          HttpStatus.NOT_IMPLEMENTED,
          "no_database",
          "This gateway runs without a database, so it knows only the key of its configuration.");
    }
    return keys;
  }

  private static UUID parse(String id) {
    try {
      return UUID.fromString(id);
    } catch (IllegalArgumentException e) {
      throw unknown();
    }
  }

  private static ApiException unknown() {
    return ApiException.invalidRequest(
        ErrorTranslator.notFound().status(), "unknown_key", "There is no key with this id.");
  }
}
