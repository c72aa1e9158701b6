package org.omnimamba.jobs.worker;

import io.micrometer.observation.ObservationRegistry;
import java.net.ConnectException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.http.RetryAfter;
import org.omnimamba.jobs.job.Endpoint;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.web.http.InformationalResponses;
import org.omnimamba.web.internal.InternalTokenProperties;
import org.omnimamba.web.internal.PlatformHeaders;
import org.omnimamba.web.network.WatchfulLoops;
import org.omnimamba.web.replica.ConnectFailures;
import org.omnimamba.web.replica.LoadReport;
import org.omnimamba.web.replica.Replica;
import org.omnimamba.web.replica.Replicas;
import org.omnimamba.web.usage.UsageOrigin;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** Asks inference-service and gives its answer as it streams in. */
public final class InferenceClient implements AutoCloseable {
  private static final ParameterizedTypeReference<ServerSentEvent<String>> EVENT =
      new ParameterizedTypeReference<>() {};

  /** Names the request in metrics, where the replica's address would be one name for each. */
  private static final String URI_TEMPLATE = WebClient.class.getName() + ".uriTemplate";

  private static final String DONE = "[DONE]";

  private static final int ERROR_BODY = 64 * 1024;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final ConnectionProvider connections;
  private final WebClient http;
  private final Replicas replicas;
  private final JobJson json;
  private final Clock clock;

  /**
   * A client with connections of its own.
   *
   * @param largest the largest event that is read, in bytes
   * @param most how many requests it has open at once; others wait
   */
  public InferenceClient(
      Replicas replicas,
      JobsProperties properties,
      int largest,
      int most,
      InternalTokenProperties platform,
      JobJson json,
      Clock clock,
      LoopResources loops,
      ObservationRegistry observations) {
    this.connections =
        ConnectionProvider.builder("inference")
            .maxConnections(most)
            .maxIdleTime(Duration.ofSeconds(10))
            .build();
    HttpClient netty =
        HttpClient.create(connections)
            .runOn(new WatchfulLoops(loops))
            // between any two reads, so a ping of a request that waits for its turn counts too
            .responseTimeout(properties.worker().idleTimeout())
            .option(
                io.netty.channel.ChannelOption.CONNECT_TIMEOUT_MILLIS,
                (int) CONNECT_TIMEOUT.toMillis());
    this.http =
        WebClient.builder()
            .observationRegistry(observations)
            .clientConnector(
                new ReactorClientHttpConnector(InformationalResponses.skippedBy(netty)))
            .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(largest))
            .defaultHeader(PlatformHeaders.INTERNAL_TOKEN, platform.internalToken())
            .build();
    this.replicas = replicas;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Sends a request to the replica that fits it best and gives the data of each event, up to the
   * end of the answer. A replica that cannot be reached or takes no requests is passed over for
   * another one. Fails with {@link UpstreamException} when the service answers with an error, at
   * once or midway. Cancelling drops the connection, which cancels the request in the engine.
   *
   * @param requestId passed on as {@code X-Request-Id}
   * @param traffic whether somebody waits for the answer
   */
  public Flux<JsonNode> stream(
      Endpoint endpoint, String tenant, String requestId, ObjectNode body, Traffic traffic) {
    return Flux.deferContextual(
        context ->
            attempt(
                new Call(
                    endpoint,
                    tenant,
                    requestId,
                    json.write(body),
                    Demand.of(endpoint, body),
                    traffic,
                    UsageOrigin.of(context).ticket()),
                new HashSet<>()));
  }

  /** What inference-service is told of a request's hurry. */
  public enum Traffic {
    /** A client waits for it. */
    WAITED_FOR,

    /** It can wait for those that a client waits for. */
    JOB
  }

  private record Call(
      Endpoint endpoint,
      String tenant,
      String requestId,
      String body,
      Demand demand,
      Traffic traffic,
      @Nullable String ticket) {}

  private Flux<JsonNode> attempt(Call call, Set<Replica> tried) {
    Optional<Replica> choice = replicas.choose(call.demand().picture(), tried);
    if (choice.isEmpty()) {
      return Flux.error(new ConnectException("no replica of inference-service is known"));
    }
    Replica replica = choice.get();
    tried.add(replica);
    return Flux.using(
            () -> replica.begin(call.demand().tokens()),
            ticket -> send(call, replica).takeUntilOther(replica.loss()),
            Replica.Ticket::close)
        .onErrorResume(
            failure ->
                isForAnother(failure, replica, tried) ? attempt(call, tried) : Flux.error(failure));
  }

  /** Whether nothing was begun at the replica, and another one may take the request. */
  private boolean isForAnother(Throwable failure, Replica failed, Set<Replica> tried) {
    if (ConnectFailures.neverSent(failure)) {
      failed.refusedConnection();
      return replicas.choose(0, tried).isPresent();
    }
    return failure instanceof UpstreamException refusal
        && refusal.status() == HttpStatus.SERVICE_UNAVAILABLE.value()
        && replicas.isAnotherAnswering(tried);
  }

  private Flux<JsonNode> send(Call call, Replica replica) {
    return http.post()
        .uri(replica.address().resolve(call.endpoint().path()))
        .attribute(URI_TEMPLATE, call.endpoint().path())
        .contentType(MediaType.APPLICATION_JSON)
        .accept(MediaType.TEXT_EVENT_STREAM)
        .header(PlatformHeaders.TENANT, call.tenant())
        .header(PlatformHeaders.REQUEST_ID, call.requestId())
        .headers(
            headers -> {
              if (call.traffic() == Traffic.JOB) {
                headers.set(PlatformHeaders.TRAFFIC, PlatformHeaders.JOB);
              }
              if (call.ticket() != null) {
                headers.set(PlatformHeaders.USAGE_TICKET, call.ticket());
              }
            })
        .bodyValue(call.body())
        .exchangeToFlux(response -> events(response, replica));
  }

  private Flux<JsonNode> events(ClientResponse response, Replica replica) {
    replica.heard();
    LoadReport.read(
        response.headers().asHttpHeaders().getFirst(PlatformHeaders.OUTSTANDING_TOKENS), replica);
    if (!response.statusCode().is2xxSuccessful()) {
      return error(response).flatMapMany(Flux::error);
    }
    return response
        .bodyToFlux(EVENT)
        .doOnNext(event -> replica.heard())
        .mapNotNull(ServerSentEvent::data)
        .takeUntil(DONE::equals)
        .filter(data -> !DONE.equals(data))
        .map(this::parse);
  }

  private JsonNode parse(String data) {
    JsonNode node;
    try {
      node = json.tree(data);
    } catch (JacksonException e) {
      throw new BrokenStreamException("inference-service sent an event that is not JSON");
    }
    if (node.path("error").isObject()) {
      throw new UpstreamException(0, node.path("error"), null);
    }
    return node;
  }

  private Mono<UpstreamException> error(ClientResponse response) {
    Optional<Duration> retryAfter =
        RetryAfter.parse(
            response.headers().asHttpHeaders().getFirst("Retry-After"), clock.instant());
    return response
        .bodyToMono(String.class)
        .onErrorReturn("")
        .defaultIfEmpty("")
        .map(
            body ->
                new UpstreamException(
                    response.statusCode().value(), errorOf(body), retryAfter.orElse(null)));
  }

  private JsonNode errorOf(String body) {
    if (body.isEmpty() || body.length() > ERROR_BODY) {
      return MissingNode.getInstance();
    }
    try {
      return json.tree(body).path("error");
    } catch (JacksonException e) {
      return MissingNode.getInstance();
    }
  }

  @Override
  public void close() {
    connections.dispose();
  }
}
