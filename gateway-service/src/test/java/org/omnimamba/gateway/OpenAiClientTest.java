package org.omnimamba.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.images.ImageGenStreamEvent;
import com.openai.models.images.ImageGenerateParams;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * OpenAI's Java client sees through the gateway what the service says, and understands refusals.
 */
class OpenAiClientTest {
  private static final String CHUNK =
      "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
          + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\"%s\"},\"finish_reason\":null}]}";

  static Upstream inference;
  static Gateway gateway;

  @BeforeAll
  static void start() {
    inference =
        Upstream.start(
            routes ->
                routes
                    .post("/v1/chat/completions", OpenAiClientTest::chat)
                    .post("/v1/images/generations", OpenAiClientTest::images)
                    .get(
                        "/v1/models",
                        (request, response) ->
                            json(
                                response,
                                "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":"
                                    + "\"model\",\"created\":1,\"owned_by\":\"o\"}]}")));
    gateway =
        Gateway.start(
            inference.url(),
            "http://127.0.0.1:1",
            "omnimamba.gateway.limits.everyone.tokens-per-minute",
            "100000");
  }

  @AfterAll
  static void stop() {
    gateway.close();
    inference.close();
  }

  private static Publisher<Void> chat(HttpServerRequest request, HttpServerResponse response) {
    return request
        .receive()
        .aggregate()
        .asString()
        .flatMap(
            body -> {
              if (body.contains("unknown-model")) {
                return Mono.from(
                    json(
                        response.status(404),
                        "{\"error\":{\"message\":\"no\",\"type\":\"invalid_request_error\","
                            + "\"param\":\"model\",\"code\":\"model_not_found\"}}"));
              }
              if (!body.contains("\"stream\":true")) {
                return Mono.from(
                    json(
                        response,
                        "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\","
                            + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                            + "\"content\":\"hello\",\"refusal\":null},\"logprobs\":null,"
                            + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,"
                            + "\"completion_tokens\":2,\"total_tokens\":5}}"));
              }
              Flux<String> events =
                  Flux.just("hel", "lo").map(text -> "data: " + CHUNK.formatted(text) + "\n\n");
              return Mono.from(
                  stream(
                      response,
                      body.contains("breaks")
                          ? events.concatWith(Flux.error(new IllegalStateException("died")))
                          : events.concatWithValues("data: [DONE]\n\n")));
            });
  }

  private static Publisher<Void> images(HttpServerRequest request, HttpServerResponse response) {
    String picture =
        "\"b64_json\":\"aGk=\",\"created_at\":1,\"size\":\"384x384\",\"quality\":\"auto\","
            + "\"background\":\"opaque\",\"output_format\":\"png\"";
    return request
        .receive()
        .aggregate()
        .then(
            Mono.from(
                stream(
                    response,
                    Flux.just(
                        "event: image_generation.partial_image\ndata: {\"type\":"
                            + "\"image_generation.partial_image\",\"partial_image_index\":0,"
                            + picture
                            + "}\n\n",
                        "event: image_generation.completed\ndata: {\"type\":"
                            + "\"image_generation.completed\","
                            + picture
                            + "}\n\n"))));
  }

  private static Publisher<Void> json(HttpServerResponse response, String body) {
    return response.header("Content-Type", "application/json").sendString(Mono.just(body));
  }

  private static Publisher<Void> stream(HttpServerResponse response, Flux<String> events) {
    Flux<ByteBuf> bytes = events.map(event -> Unpooled.copiedBuffer(event, StandardCharsets.UTF_8));
    return response.sse().send(bytes, each -> true);
  }

  private static OpenAIClient client(String key) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(gateway.url() + "/v1")
        .apiKey(key)
        .maxRetries(0)
        .build();
  }

  private static ChatCompletionCreateParams.Builder ask(String text) {
    return ChatCompletionCreateParams.builder().model("m").addUserMessage(text);
  }

  @Test
  void chatsListsAndStreams() {
    OpenAIClient client = client(Gateway.KEY);
    assertThat(client.models().list().data()).hasSize(1);
    ChatCompletion answer = client.chat().completions().create(ask("hi").build());
    assertThat(answer.choices().get(0).message().content()).contains("hello");
    try (StreamResponse<ChatCompletionChunk> chunks =
        client.chat().completions().createStreaming(ask("hi").build())) {
      List<String> texts =
          chunks.stream()
              .map(chunk -> chunk.choices().get(0).delta().content().orElse(""))
              .toList();
      assertThat(texts).containsExactly("hel", "lo");
    }
  }

  @Test
  void drawsInAStream() {
    try (StreamResponse<ImageGenStreamEvent> events =
        client(Gateway.KEY)
            .images()
            .generateStreaming(
                ImageGenerateParams.builder().prompt("an apple").partialImages(1).build())) {
      List<ImageGenStreamEvent> all = events.stream().toList();
      assertThat(all).hasSize(2);
      assertThat(all.get(0).isGenerationPartialImage()).isTrue();
      assertThat(all.get(1).isGenerationCompleted()).isTrue();
    }
  }

  @Test
  void understandsRefusals() {
    assertThatThrownBy(() -> client("om_nobody").models().list())
        .isInstanceOfSatisfying(
            UnauthorizedException.class,
            refusal -> {
              assertThat(refusal.code()).contains("invalid_api_key");
              assertThat(refusal.headers().values("x-request-id")).hasSize(1);
            });
    assertThatThrownBy(
            () ->
                client(Gateway.KEY)
                    .chat()
                    .completions()
                    .create(ask("hi").model("unknown-model").build()))
        .isInstanceOfSatisfying(
            NotFoundException.class, refusal -> assertThat(refusal.param()).contains("model"));
    assertThatThrownBy(() -> client(Gateway.KEY).models().retrieve("a b"))
        .isInstanceOf(BadRequestException.class);
  }

  @Test
  void understandsLimits() {
    OpenAIClient client = client(Gateway.KEY);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 2; i++) {
                try (StreamResponse<ImageGenStreamEvent> events =
                    client
                        .images()
                        .generateStreaming(ImageGenerateParams.builder().prompt("x").build())) {
                  assertThat(events.stream()).isNotEmpty();
                }
                // A hundred thousand tokens are reserved, and kept by a stream without a report.
                client.chat().completions().create(ask("hi").maxCompletionTokens(100_000).build());
              }
            })
        .isInstanceOfSatisfying(
            RateLimitException.class,
            refusal -> {
              assertThat(refusal.code()).contains("rate_limit_exceeded");
              assertThat(refusal.type()).contains("tokens");
              assertThat(Integer.parseInt(refusal.headers().values("retry-after").get(0)))
                  .isPositive();
            });
  }

  @Test
  void noticesAStreamThatBreaks() {
    assertThatThrownBy(
            () -> {
              try (StreamResponse<ChatCompletionChunk> chunks =
                  client(Gateway.KEY)
                      .chat()
                      .completions()
                      .createStreaming(ask("this one breaks").build())) {
                chunks.stream().forEach(chunk -> assertThat(chunk.id()).isEqualTo("c"));
              }
            })
        .isInstanceOf(OpenAIException.class)
        .isNotInstanceOf(InternalServerException.class)
        .hasMessageContaining("ended the connection");
  }
}
