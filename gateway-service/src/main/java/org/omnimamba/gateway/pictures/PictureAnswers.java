package org.omnimamba.gateway.pictures;

import java.net.URI;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.omnimamba.gateway.errors.ApiException;
import org.springframework.http.HttpStatus;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Takes the pictures out of an answer, keeps them, and puts their addresses in their place. */
final class PictureAnswers {
  static final String PATH = "/v1/images/files/";

  private final PictureStore store;
  private final PictureLinks links;
  private final PictureProperties properties;
  private final Clock clock;
  private final JsonMapper json = JsonMapper.builder().build();

  PictureAnswers(
      PictureStore store, PictureLinks links, PictureProperties properties, Clock clock) {
    this.store = store;
    this.links = links;
    this.properties = properties;
    this.clock = clock;
  }

  private record Taken(String id, Picture picture, Instant expires) {}

  /**
   * The answer with addresses.
   *
   * @param answer JSON of a service, with {@code data[].b64_json}
   * @param asked where the request was sent
   * @return fails with 503 if the pictures cannot be kept
   */
  Mono<byte[]> withAddresses(byte[] answer, String tenant, URI asked) {
    Instant expires = clock.instant().plus(properties.keptFor());
    return Mono.fromCallable(() -> json.readTree(answer))
        .subscribeOn(Schedulers.boundedElastic())
        .flatMap(
            tree -> {
              List<Taken> taken = take(tree, expires, base(asked));
              return Flux.fromIterable(taken)
                  .concatMap(one -> store.put(one.id(), tenant, one.picture(), one.expires()))
                  .then(Mono.fromCallable(() -> json.writeValueAsBytes(tree)))
                  .onErrorMap(PictureAnswers::notKept);
            });
  }

  private List<Taken> take(JsonNode answer, Instant expires, String base) {
    List<Taken> all = new ArrayList<>();
    for (JsonNode datum : answer.path("data")) {
      if (datum instanceof ObjectNode one && one.path("b64_json").isString()) {
        byte[] bytes = Base64.getDecoder().decode(one.path("b64_json").stringValue());
        // Their order of expiry is that in which they go when their tenant has too many.
        Instant last = expires.plus(all.size(), ChronoUnit.MICROS);
        Taken taken = new Taken(links.newId(), new Picture(bytes), last);
        one.remove("b64_json");
        one.put("url", base + PATH + links.name(taken.id(), expires, taken.picture()));
        all.add(taken);
      }
    }
    return all;
  }

  private String base(URI asked) {
    URI configured = properties.publicUrl();
    String base =
        configured == null
            ? asked.getScheme() + "://" + asked.getRawAuthority()
            : configured.toString();
    return base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
  }

  private static ApiException notKept(Throwable failure) {
    return ApiException.serverError(
            HttpStatus.SERVICE_UNAVAILABLE,
            "pictures_unavailable",
            "The pictures were drawn but could not be kept. Ask for 'b64_json', or try again.",
            failure)
        .header("Retry-After", "1");
  }
}
