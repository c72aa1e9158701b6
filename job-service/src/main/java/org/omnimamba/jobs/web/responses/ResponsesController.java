package org.omnimamba.jobs.web.responses;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.response.RefusedResponseException;
import org.omnimamba.jobs.response.ResponseIds;
import org.omnimamba.jobs.response.ResponseRequest;
import org.omnimamba.jobs.response.ResponseRequestReader;
import org.omnimamba.jobs.response.ResponseStore;
import org.omnimamba.jobs.response.StoredResponse;
import org.omnimamba.jobs.web.ConditionalOnApi;
import org.omnimamba.jobs.web.problem.OpenAiError;
import org.omnimamba.web.internal.Tenant;
import org.omnimamba.web.request.RequestId;
import org.omnimamba.web.request.RequestLog;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** OpenAI's Responses: created, read, streamed again, cancelled and deleted. */
@RestController
@RequestMapping("/v1/responses")
@Tag(name = "Responses")
@ConditionalOnApi
class ResponsesController {
  private static final String POLL_AFTER = "openai-poll-after-ms";
  private static final String POLL_MILLIS = "1000";

  private final ForegroundResponses foreground;
  private final BackgroundResponses background;
  private final ResponseStore store;
  private final KeptAlive keptAlive;

  ResponsesController(
      ForegroundResponses foreground,
      BackgroundResponses background,
      ResponseStore store,
      JobsProperties properties) {
    this.foreground = foreground;
    this.background = background;
    this.store = store;
    this.keptAlive = new KeptAlive(properties.api().keepAlive());
  }

  @PostMapping
  @Operation(
      summary = "Answers with a text or a picture",
      description =
          "OpenAI's Responses: input (text, or messages with input_text and input_image),"
              + " instructions, max_output_tokens, temperature, top_p, metadata, store, background,"
              + " stream, previous_response_id, the tool image_generation and tool_choice."
              + " Anything else is refused by name.")
  @io.swagger.v3.oas.annotations.parameters.RequestBody(
      required = true,
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON_VALUE,
              schema =
                  @Schema(
                      type = "object",
                      requiredProperties = {"model", "input"})))
  Mono<ResponseEntity<?>> create(
      Tenant tenant,
      @RequestBody Mono<JsonNode> body,
      @RequestHeader(name = "Idempotency-Key", required = false) @Nullable String key,
      ServerWebExchange exchange) {
    return body.map(ResponsesController::read)
        .flatMap(
            request ->
                request.background()
                    ? inBackground(tenant, request, key, exchange)
                    : waitedFor(tenant, request, exchange));
  }

  private static ResponseRequest read(JsonNode body) {
    try {
      return ResponseRequestReader.read(body);
    } catch (RefusedResponseException e) {
      throw (OpenAiError) ResponseErrors.of(e);
    }
  }

  private Mono<ResponseEntity<?>> waitedFor(
      Tenant tenant, ResponseRequest request, ServerWebExchange exchange) {
    String requestId = RequestId.of(exchange);
    return request.stream()
        ? Mono.just(stream(foreground.events(tenant.name(), requestId, request), exchange))
        : foreground.whole(tenant.name(), requestId, request).map(ResponseEntity::ok);
  }

  private Mono<ResponseEntity<?>> inBackground(
      Tenant tenant, ResponseRequest request, @Nullable String key, ServerWebExchange exchange) {
    if (key != null && (key.isBlank() || key.length() > 255)) {
      return Mono.error(
          OpenAiError.invalid(
              null, "invalid_value", "Idempotency-Key must have 1 to 255 characters."));
    }
    return background
        .submit(tenant.name(), request, key)
        .map(
            response ->
                request.stream()
                    ? stream(background.events(tenant.name(), response, -1), exchange)
                    : answer(response));
  }

  @GetMapping("/{id}")
  @Operation(
      summary = "Shows a response, or streams a background one again",
      description = "With stream=true, the events after starting_after of a background response.")
  Mono<ResponseEntity<?>> get(
      Tenant tenant,
      @PathVariable String id,
      @RequestParam(defaultValue = "false") boolean stream,
      @RequestParam(name = "starting_after", required = false) @Nullable Long startingAfter,
      ServerWebExchange exchange) {
    return find(tenant, id)
        .map(
            response -> {
              if (!stream) {
                return answer(response);
              }
              if (!response.background()) {
                throw OpenAiError.invalid(
                    "stream", "invalid_value", "Only a background response can be streamed again.");
              }
              long after = startingAfter == null ? -1 : startingAfter;
              return stream(background.events(tenant.name(), response, after), exchange);
            });
  }

  @PostMapping("/{id}/cancel")
  @Operation(summary = "Cancels a background response")
  Mono<ResponseEntity<?>> cancel(Tenant tenant, @PathVariable String id) {
    return find(tenant, id)
        .flatMap(
            response ->
                response.background()
                    ? background.cancel(tenant.name(), response.id())
                    : Mono.error(
                        OpenAiError.invalid(
                            null, "invalid_value", "Only a background response can be cancelled.")))
        .map(ResponsesController::answer);
  }

  @DeleteMapping("/{id}")
  @Operation(summary = "Deletes a response that has ended")
  Mono<JsonNode> delete(Tenant tenant, @PathVariable String id) {
    return find(tenant, id)
        .flatMap(
            response ->
                response.background()
                    ? background.delete(tenant.name(), response.id())
                    : store.delete(tenant.name(), response.id()).then())
        .thenReturn(
            JsonNodeFactory.instance
                .objectNode()
                .put("id", id)
                .put("object", "response")
                .put("deleted", true));
  }

  @GetMapping("/{id}/input_items")
  @Operation(summary = "Lists the items of a response's own input, the last first")
  Mono<JsonNode> input(
      Tenant tenant,
      @PathVariable String id,
      @RequestParam(defaultValue = "20") int limit,
      @RequestParam(required = false) @Nullable String order,
      @RequestParam(required = false) @Nullable String after) {
    return Mono.justOrEmpty(ResponseIds.parse(id))
        .flatMap(uuid -> store.input(tenant.name(), uuid))
        .switchIfEmpty(Mono.error(() -> OpenAiError.notFound("response", id)))
        .map(items -> InputPage.of(items, limit, order == null ? "desc" : order, after));
  }

  private Mono<StoredResponse> find(Tenant tenant, String id) {
    return Mono.justOrEmpty(ResponseIds.parse(id))
        .flatMap((UUID uuid) -> store.find(tenant.name(), uuid))
        .switchIfEmpty(Mono.error(() -> OpenAiError.notFound("response", id)));
  }

  private static ResponseEntity<?> answer(StoredResponse response) {
    ResponseEntity.BodyBuilder answer = ResponseEntity.ok().header("Cache-Control", "no-store");
    if (!response.hasEnded()) {
      answer.header(POLL_AFTER, POLL_MILLIS);
    }
    return answer.body(response.object());
  }

  private ResponseEntity<?> stream(Flux<ObjectNode> events, ServerWebExchange exchange) {
    Flux<ServerSentEvent<JsonNode>> sent =
        keptAlive.with(
            events.map(
                event ->
                    ServerSentEvent.<JsonNode>builder(event)
                        .event(event.path("type").asString(""))
                        .build()));
    return ResponseEntity.ok()
        .contentType(MediaType.TEXT_EVENT_STREAM)
        .header("Cache-Control", "no-store")
        .header("X-Accel-Buffering", "no")
        .body(sent.doOnCancel(() -> RequestLog.clientWentAway(exchange)));
  }
}
