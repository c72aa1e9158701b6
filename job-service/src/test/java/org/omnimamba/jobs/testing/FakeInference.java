package org.omnimamba.jobs.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server that speaks inference-service's HTTP; how it answers is up to the test. */
public final class FakeInference implements AutoCloseable {
  /** A PNG's first bytes, enough to be taken for one. */
  public static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 1, 2, 3};

  private static final JsonMapper JSON = new JsonMapper();

  /** How one request is answered. */
  @FunctionalInterface
  public interface Answer {
    Publisher<Void> to(JsonNode body, HttpServerResponse response);
  }

  /** One request as it came in. */
  public record Received(String path, Map<String, String> headers, JsonNode body) {}

  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger dropped = new AtomicInteger();
  private final Set<String> answering = ConcurrentHashMap.newKeySet();
  private final Set<String> left = ConcurrentHashMap.newKeySet();
  private final DisposableServer server;
  private volatile Answer answer = FakeInference::complete;

  public FakeInference() {
    this.server = HttpServer.create().host("127.0.0.1").port(0).handle(this::handle).bindNow();
  }

  public String url() {
    return "http://127.0.0.1:" + server.port();
  }

  public FakeInference answering(Answer next) {
    this.answer = next;
    return this;
  }

  /** Answers with these, one request after the other, and goes on with the last. */
  public FakeInference answering(Answer first, Answer... more) {
    List<Answer> answers = new ArrayList<>(List.of(first));
    answers.addAll(List.of(more));
    AtomicInteger next = new AtomicInteger();
    return answering(
        (body, response) ->
            answers.get(Math.min(next.getAndIncrement(), answers.size() - 1)).to(body, response));
  }

  /** Answers what has this prompt in that way, and everything else with a whole answer. */
  public FakeInference answeringTo(String prompt, Answer toIt) {
    return answering(
        (body, response) ->
            body.path("prompt").asString("").equals(prompt)
                ? toIt.to(body, response)
                : complete(body, response));
  }

  public List<Received> received() {
    return received;
  }

  /** Requests that are being answered. */
  public int running() {
    return running.get();
  }

  /** Requests whose client went away before the answer was complete. */
  public int dropped() {
    return dropped.get();
  }

  /** Whether a request of this job is being answered. */
  public boolean isAnswering(String job) {
    return answering.contains(job);
  }

  /** Whether the worker left a request of this job before the answer was complete. */
  public boolean wasLeft(String job) {
    return left.contains(job);
  }

  public void reset() {
    received.clear();
    dropped.set(0);
    answer = FakeInference::complete;
  }

  @Override
  public void close() {
    server.disposeNow();
  }

  private Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    return request
        .receive()
        .aggregate()
        .asByteArray()
        .flatMap(
            bytes -> {
              JsonNode body = JSON.readTree(bytes);
              Map<String, String> headers =
                  request.requestHeaders().entries().stream()
                      .collect(
                          Collectors.toMap(
                              e -> e.getKey().toLowerCase(Locale.ROOT),
                              Map.Entry::getValue,
                              (a, b) -> a));
              received.add(new Received(request.uri(), headers, body));
              String job = headers.getOrDefault("x-request-id", "");
              running.incrementAndGet();
              answering.add(job);
              return Mono.from(answer.to(body, response))
                  .doOnCancel(
                      () -> {
                        dropped.incrementAndGet();
                        left.add(job);
                      })
                  .doFinally(
                      signal -> {
                        running.decrementAndGet();
                        answering.remove(job);
                      });
            });
  }

  /** A whole answer, at once: as a chat or as an image, by what was asked. */
  public static Publisher<Void> complete(JsonNode body, HttpServerResponse response) {
    return body.has("messages")
        ? events(response, chat("a ", "red ", "apple"))
        : events(response, image(body.path("n").asInt(1), 4));
  }

  /** Server-sent events. */
  public static Publisher<Void> events(HttpServerResponse response, Flux<String> data) {
    return response
        .header("content-type", "text/event-stream")
        .sse()
        .send(data.map(d -> Unpooled.wrappedBuffer(("data: " + d + "\n\n").getBytes(UTF_8))));
  }

  /** The events of a chat answer. */
  public static Flux<String> chat(String... pieces) {
    String head = "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,";
    List<String> events = new ArrayList<>();
    events.add(
        head
            + "\"model\":\"omnimamba\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\","
            + "\"content\":\"\"},\"finish_reason\":null}]}");
    for (int i = 0; i < pieces.length; i++) {
      events.add(
          head
              + "\"model\":\"omnimamba\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
              + pieces[i]
              + "\"},\"token_ids\":["
              + i
              + "],\"finish_reason\":null}]}");
    }
    events.add(
        head
            + "\"model\":\"omnimamba\",\"choices\":[{\"index\":0,\"delta\":{},"
            + "\"finish_reason\":\"stop\"}]}");
    events.add(
        head
            + "\"model\":\"omnimamba\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,"
            + "\"completion_tokens\":3,\"total_tokens\":8}}");
    events.add("[DONE]");
    return Flux.fromIterable(events);
  }

  /** The events of an image answer: progress, one partial image, the picture. */
  public static Flux<String> image(int n, int tokens) {
    String png = Base64.getEncoder().encodeToString(PNG);
    List<String> events = new ArrayList<>();
    for (int i = 1; i <= tokens; i++) {
      events.add(progress(i, tokens));
    }
    events.add(
        "{\"type\":\"image_generation.partial_image\",\"partial_image_index\":0,\"b64_json\":\""
            + png
            + "\"}");
    for (int i = 0; i < n; i++) {
      events.add(
          "{\"type\":\"image_generation.completed\",\"created_at\":1,\"image_index\":"
              + i
              + ",\"output_format\":\"png\",\"token_ids\":[1,2],\"usage\":{\"total_tokens\":7},"
              + "\"b64_json\":\""
              + png
              + "\"}");
    }
    return Flux.fromIterable(events);
  }

  /** One progress event. */
  public static String progress(int done, int total) {
    return "{\"type\":\"image_generation.progress\",\"tokens_done\":"
        + done
        + ",\"tokens_total\":"
        + total
        + "}";
  }

  /** An error answer in OpenAI's envelope. */
  public static Answer error(int status, String type, String message, String... headers) {
    return (body, response) -> {
      response.status(status).header("content-type", "application/json");
      for (int i = 0; i < headers.length; i += 2) {
        response.header(headers[i], headers[i + 1]);
      }
      String error =
          "{\"error\":{\"message\":\""
              + message
              + "\",\"type\":\""
              + type
              + "\",\"param\":\"size\",\"code\":\"bad_size\"}}";
      return response.sendString(Mono.just(error));
    };
  }

  /** Sends an informational response before the answer. */
  public static Answer afterEarlyHints(Answer answer) {
    return (body, response) ->
        Mono.<Void>create(
                sent ->
                    response.withConnection(
                        connection ->
                            connection
                                .channel()
                                .pipeline()
                                .context(NettyPipeline.HttpCodec)
                                .writeAndFlush(
                                    Unpooled.copiedBuffer(
                                        "HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n",
                                        UTF_8))
                                .addListener(written -> sent.success())))
            .then(Mono.defer(() -> Mono.from(answer.to(body, response))));
  }

  /** Begins to answer and then says nothing more. */
  public static Answer hanging() {
    return (body, response) ->
        events(response, Flux.concat(Flux.just(progress(1, 256)), Flux.never()));
  }

  /** Begins to answer and then drops the connection. */
  public static Answer disconnecting() {
    return (body, response) ->
        events(
            response,
            Flux.concat(
                Flux.just(progress(1, 256)),
                Mono.error(new java.io.IOException("the engine went away"))));
  }
}
