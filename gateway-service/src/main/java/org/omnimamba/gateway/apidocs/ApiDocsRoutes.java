package org.omnimamba.gateway.apidocs;

import static org.springframework.web.reactive.function.server.RequestPredicates.GET;
import static org.springframework.web.reactive.function.server.RequestPredicates.HEAD;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.omnimamba.gateway.routing.Upstreams;
import org.omnimamba.web.http.InformationalResponses;
import org.omnimamba.web.internal.InternalTokenProperties;
import org.omnimamba.web.internal.PlatformHeaders;
import org.omnimamba.web.replica.ReplicaPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Serves the document; a service that does not answer is left out of it until it does. */
@Configuration(proxyBeanMethods = false)
class ApiDocsRoutes {
  private static final Logger log = LoggerFactory.getLogger(ApiDocsRoutes.class);
  private static final String PATH = "/v3/api-docs";
  private static final String JOBS_PATH = "/v1/jobs/openapi.json";

  /** A service makes its document when it is first asked for it. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final Duration KEPT = Duration.ofSeconds(30);

  private final JsonMapper json = JsonMapper.builder().build();

  @Bean
  RouterFunction<ServerResponse> apiDocs(
      Upstreams upstreams, InternalTokenProperties token, ReactorResourceFactory resources) {
    HttpClient client =
        InformationalResponses.skippedBy(HttpClient.newConnection())
            .runOn(resources.getLoopResources())
            .headers(headers -> headers.set(PlatformHeaders.INTERNAL_TOKEN, token.internalToken()));
    ObjectNode own = own();
    // One after the other: in one JVM the services' libraries would wait for each other's locks.
    Mono<Served> whole =
        firstOf(client, upstreams.inferenceReplicas(), PATH)
            .concatWith(firstOf(client, upstreams.jobReplicas(), JOBS_PATH))
            .collectList()
            .map(services -> serve(own, services));
    Mono<Served> kept =
        whole.cache(
            served -> served.whole() ? KEPT : Duration.ZERO,
            failure -> Duration.ZERO,
            () -> Duration.ZERO);
    return RouterFunctions.route()
        .route(
            GET(PATH).or(HEAD(PATH)),
            request ->
                kept.flatMap(
                    served ->
                        ServerResponse.ok()
                            .contentType(MediaType.APPLICATION_JSON)
                            .bodyValue(served.json())))
        .build();
  }

  /**
   * A document.
   *
   * @param whole whether every service had its part; what is missing must not be remembered
   */
  private record Served(String json, boolean whole) {}

  private static Served serve(ObjectNode own, List<Optional<JsonNode>> services) {
    ApiDocument all = new ApiDocument(own);
    services.forEach(service -> service.ifPresent(all::add));
    return new Served(all.json().toString(), services.stream().allMatch(Optional::isPresent));
  }

  /** The document of the first that answers; all replicas of a service have the same. */
  private Mono<Optional<JsonNode>> firstOf(HttpClient client, ReplicaPool pool, String path) {
    return Flux.fromIterable(pool.replicas().all())
        .concatMap(replica -> fetch(client, replica.address().resolve(path)), 1)
        .next()
        .map(Optional::of)
        .defaultIfEmpty(Optional.empty());
  }

  private ObjectNode own() {
    try (InputStream in =
        new ClassPathResource("org/omnimamba/gateway/apidocs/openapi.json").getInputStream()) {
      return (ObjectNode) json.readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Mono<JsonNode> fetch(HttpClient client, URI document) {
    return client
        .get()
        .uri(document)
        .responseSingle(
            (response, body) ->
                response.status().code() == 200 ? body.asString() : Mono.<String>empty())
        .map(text -> (JsonNode) json.readTree(text))
        .timeout(PATIENCE)
        .onErrorResume(
            failure -> {
              log.info("no API document at {}: {}", document, failure.toString());
              return Mono.empty();
            });
  }
}
