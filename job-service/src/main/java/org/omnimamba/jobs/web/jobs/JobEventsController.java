package org.omnimamba.jobs.web.jobs;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Duration;
import java.util.Base64;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.event.JobEvent;
import org.omnimamba.jobs.event.JobEvents;
import org.omnimamba.jobs.web.ConditionalOnApi;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.omnimamba.queue.job.Job;
import org.omnimamba.web.internal.Tenant;
import org.omnimamba.web.logging.RepeatedWarning;
import org.omnimamba.web.request.RequestLog;
import org.omnimamba.web.shutdown.ServiceStop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Streams what happens to a job as server-sent events, from where the client left off. */
@RestController
@Tag(name = "Jobs")
@ConditionalOnApi
class JobEventsController {
  private static final Logger log = LoggerFactory.getLogger(JobEventsController.class);
  private static final Duration RETRY = Duration.ofSeconds(2);

  /** Of two partial images on their way: the bytes, their base64, and the event that is sent. */
  private static final int COPIES = 8;

  private final JobLookup jobs;
  private final JobEvents events;
  private final StreamLimit streams;
  private final ResultMemory memory;
  private final ServiceStop stop;
  private final JsonMapper json;
  private final Duration keepAlive;
  private final RepeatedWarning unread = new RepeatedWarning(log);

  JobEventsController(
      JobLookup jobs,
      JobEvents events,
      StreamLimit streams,
      ResultMemory memory,
      ServiceStop stop,
      JsonMapper json,
      JobsProperties properties) {
    this.jobs = jobs;
    this.events = events;
    this.streams = streams;
    this.memory = memory;
    this.stop = stop;
    this.json = json;
    this.keepAlive = properties.api().keepAlive();
  }

  @GetMapping(path = "/v1/jobs/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  @Operation(
      summary = "Streams a job's events",
      description =
          "queued, started, progress, partial_image, finished. The stream ends with the job, or"
              + " with reconnect when the service has to end it earlier; a client that has seen"
              + " everything of a job that has ended gets 204, which tells an EventSource to stop.")
  Mono<ResponseEntity<Flux<ServerSentEvent<JsonNode>>>> events(
      Tenant tenant,
      @PathVariable String id,
      @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
      ServerWebExchange exchange) {
    long after = position(lastEventId);
    return jobs.find(tenant, id)
        .flatMap(job -> answer(tenant, job, after, () -> RequestLog.clientWentAway(exchange)));
  }

  private Mono<ResponseEntity<Flux<ServerSentEvent<JsonNode>>>> answer(
      Tenant tenant, Job job, long after, Runnable wentAway) {
    Mono<Boolean> anything =
        job.status().isTerminal() ? events.anyAfter(job.id(), after) : Mono.just(true);
    return anything.map(
        more ->
            more
                ? ResponseEntity.ok()
                    .contentType(MediaType.TEXT_EVENT_STREAM)
                    .header("Cache-Control", "no-store")
                    .header("X-Accel-Buffering", "no")
                    .body(stream(tenant.name(), job.id(), after).doOnCancel(wentAway))
                : ResponseEntity.noContent().build());
  }

  private Flux<ServerSentEvent<JsonNode>> stream(String tenant, UUID id, long after) {
    return Flux.using(
        memory::open, space -> stream(tenant, id, after, space), ResultMemory.Space::close);
  }

  private Flux<ServerSentEvent<JsonNode>> stream(
      String tenant, UUID id, long after, ResultMemory.Space space) {
    Flux<ServerSentEvent<JsonNode>> told =
        events
            .follow(tenant, id, after)
            .concatMap(event -> serverSentEvent(id, event, space), 1)
            .takeUntilOther(stop.begins())
            .concatWith(
                Mono.fromSupplier(() -> reconnect(id, "service_stopping"))
                    .filter(event -> stop.hasBegun()))
            .onErrorResume(
                error -> {
                  unread.warn("events", "job " + id + ": its events could not be read: " + error);
                  return Mono.just(reconnect(id, "service_unavailable"));
                });
    Flux<ServerSentEvent<JsonNode>> alive =
        Flux.interval(keepAlive)
            .onBackpressureDrop()
            .map(tick -> ServerSentEvent.<JsonNode>builder().comment("keep-alive").build());
    return streams.limit(
        tenant,
        told.publish(
            shared -> Flux.merge(1, shared, alive.takeUntilOther(shared.ignoreElements())), 1));
  }

  /** A partial image is a courtesy: where there is no memory for it, it is left out. */
  private Mono<ServerSentEvent<JsonNode>> serverSentEvent(
      UUID id, JobEvent event, ResultMemory.Space space) {
    if (event.imageSize() == 0) {
      return Mono.just(serverSentEvent(event, null));
    }
    return space.next((long) event.imageSize() * COPIES)
        ? events.image(id, event.seq()).map(image -> serverSentEvent(event, image))
        : Mono.empty();
  }

  private ServerSentEvent<JsonNode> serverSentEvent(JobEvent event, byte @Nullable [] image) {
    ObjectNode data = (ObjectNode) json.readTree(event.data());
    data.put("at", event.at().toString());
    if (image != null) {
      data.put("b64_json", Base64.getEncoder().encodeToString(image));
    }
    return ServerSentEvent.<JsonNode>builder(data)
        .id(Long.toString(event.seq()))
        .event(event.type())
        .retry(RETRY)
        .build();
  }

  /**
   * The last event of a stream that ends before its job: without an id, so that the client comes
   * back with the last one it has seen.
   */
  private ServerSentEvent<JsonNode> reconnect(UUID job, String reason) {
    ObjectNode data = json.createObjectNode();
    data.put("id", job.toString());
    data.put("reason", reason);
    return ServerSentEvent.<JsonNode>builder(data).event("reconnect").retry(RETRY).build();
  }

  private static long position(@Nullable String lastEventId) {
    if (lastEventId == null || lastEventId.isEmpty()) {
      return 0;
    }
    try {
      return Long.parseLong(lastEventId.strip());
    } catch (NumberFormatException e) {
      throw new Problem(ProblemType.INVALID_REQUEST, "Last-Event-ID is not one of ours.");
    }
  }
}
