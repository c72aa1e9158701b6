package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.ResponseFormatJsonObject;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.standalone.OmniMambaHome;

/**
 * OpenAI's own clients against the whole platform: only the base URL and the key are ours. The Java
 * program is here, the one for node in {@code src/test/js}.
 */
class OpenAiSdksTest {
  private static final Path PROGRAM = Path.of("src", "test", "js");
  private static final String CHAT_PROGRAM = "openai-sdk.test.mjs";
  private static final String WEBHOOK_PROGRAM = "openai-webhooks.test.mjs";
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir static Path folder;
  private static Platform platform;
  private static OpenAIClient client;
  private static String model;

  @BeforeAll
  static void start() throws Exception {
    platform =
        Platform.start(
            OmniMambaHome.at(folder.resolve("home")),
            new StandaloneOptions(
                TinyModel.directory(),
                0,
                "127.0.0.1",
                Map.of(
                    "omnimamba.jobs.webhooks.development-hosts", "127.0.0.1",
                    "omnimamba.gateway.limits.tenants.java.requests-per-minute", 40,
                    "omnimamba.gateway.limits.tenants.node.requests-per-minute", 40)));
    Readiness.await(platform.inferenceReadinessUrl());
    client = client(platform.keys().apiKey());
    model = client.models().list().data().get(0).id();
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  private static OpenAIClient client(String key) {
    return client(key, 0);
  }

  private static OpenAIClient client(String key, int retries) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(platform.url() + "/v1")
        .apiKey(key)
        .maxRetries(retries)
        .build();
  }

  /** A key of a tenant that may send 40 requests a minute, which is one every 1.5 seconds. */
  private static String limitedKey(String tenant) throws Exception {
    return new GatewayClient(platform.url(), platform.keys().apiKey())
        .postJson(
            "/admin/v1/keys",
            GatewayClient.JSON.createObjectNode().put("name", "limited").put("tenant", tenant),
            201)
        .path("key")
        .asString();
  }

  private static ChatCompletionCreateParams.Builder chat() {
    return ChatCompletionCreateParams.builder()
        .model(model)
        .maxCompletionTokens(6)
        .temperature(0.0)
        .seed(1);
  }

  @Test
  void javaChatsAndTheStreamSaysTheSame() {
    ChatCompletionCreateParams.Builder hello = chat().addUserMessage("hello");
    ChatCompletion whole = client.chat().completions().create(hello.build());
    String text = whole.choices().get(0).message().content().orElseThrow();
    assertThat(whole.usage())
        .hasValueSatisfying(u -> assertThat(u.completionTokens()).isPositive());
    StringBuilder streamed = new StringBuilder();
    boolean[] usage = {false};
    try (StreamResponse<ChatCompletionChunk> chunks =
        client
            .chat()
            .completions()
            .createStreaming(
                hello
                    .streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build())
                    .build())) {
      chunks.stream()
          .forEach(
              chunk -> {
                usage[0] |= chunk.usage().isPresent();
                chunk
                    .choices()
                    .forEach(choice -> choice.delta().content().ifPresent(streamed::append));
              });
    }
    assertThat(streamed).hasToString(text);
    assertThat(usage[0]).as("usage in the stream").isTrue();
  }

  @Test
  void javaBoundsAndShapesAnswers() {
    String text = contents(chat().addUserMessage("hello")).get(0);
    String end = text.substring(text.length() / 2);
    assertThat(contents(chat().addUserMessage("hello").stop(end)))
        .as("stopped before '%s'", end)
        .containsExactly(text.substring(0, text.indexOf(end)));
    assertThat(
            contents(
                ChatCompletionCreateParams.builder()
                    .model(model)
                    .maxTokens(6)
                    .temperature(0.0)
                    .addUserMessage("hello")))
        .as("max_tokens is max_completion_tokens")
        .containsExactly(text);

    ChatCompletion several =
        client
            .chat()
            .completions()
            .create(
                chat()
                    .addUserMessage("hello")
                    .temperature(1.0)
                    .topP(0.9)
                    .n(3)
                    .logprobs(true)
                    .topLogprobs(2)
                    .build());
    assertThat(several.choices()).hasSize(3);
    long tokens = 0;
    for (ChatCompletion.Choice choice : several.choices()) {
      var logprobs = choice.logprobs().orElseThrow().content().orElseThrow();
      assertThat(logprobs)
          .allMatch(token -> token.logprob() <= 0 && token.topLogprobs().size() <= 2);
      // the end token is counted and is no part of the content
      boolean ended = choice.finishReason().equals(ChatCompletion.Choice.FinishReason.STOP);
      tokens += logprobs.size() + (ended ? 1 : 0);
    }
    assertThat(several.usage().orElseThrow().completionTokens()).isEqualTo(tokens);
  }

  private static List<String> contents(ChatCompletionCreateParams.Builder request) {
    return client.chat().completions().create(request.build()).choices().stream()
        .map(choice -> choice.message().content().orElseThrow())
        .toList();
  }

  /** What the client sends for a class: an object whose one property is an enum. */
  public static final class Seen {
    public Colour colour;
  }

  public enum Colour {
    RED,
    BLUE
  }

  @Test
  void javaGetsAnswersOfItsOwnTypes() {
    var answers =
        client
            .chat()
            .completions()
            .create(
                ChatCompletionCreateParams.builder()
                    .model(model)
                    .maxCompletionTokens(40)
                    .n(4)
                    .addUserMessage("red or blue?")
                    .responseFormat(Seen.class)
                    .build());
    assertThat(answers.choices())
        .hasSize(4)
        .allSatisfy(
            choice -> assertThat(choice.message().content().orElseThrow().colour).isNotNull());
    String forced =
        contents(
                chat()
                    .addUserMessage("hello")
                    .putAdditionalBodyProperty(
                        "structured_outputs", JsonValue.from(Map.of("choice", List.of("yes")))))
            .get(0);
    assertThat(forced).isEqualTo("yes");
    assertThatThrownBy(
            () ->
                contents(
                    chat()
                        .addUserMessage("hello")
                        .responseFormat(ResponseFormatJsonObject.builder().build())))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            refusal -> assertThat(refusal.param()).contains("response_format"));
  }

  @Test
  void javaComesBackWhenTheLimitSays() throws Exception {
    String key = limitedKey("java");
    RateLimitException refusal = null;
    OpenAIClient hasty = client(key);
    while (refusal == null) {
      try {
        hasty.models().list();
      } catch (RateLimitException e) {
        refusal = e;
      }
    }
    assertThat(refusal.headers().values("retry-after")).hasSize(1);
    // One retry only: it is granted because it comes after the time that the refusal named.
    assertThat(client(key, 1).models().list().data()).hasSize(1);
  }

  @Test
  void javaAsksAboutAPicture() throws IOException {
    byte[] png =
        Base64.getDecoder()
            .decode(
                new OpenAiPictures(client, model)
                    .draw(1)
                    .data()
                    .orElseThrow()
                    .get(0)
                    .b64Json()
                    .get());
    ChatCompletion answer =
        client
            .chat()
            .completions()
            .create(
                chat()
                    .addUserMessageOfArrayOfContentParts(
                        List.of(
                            ChatCompletionContentPart.ofImageUrl(
                                ChatCompletionContentPartImage.builder()
                                    .imageUrl(
                                        ChatCompletionContentPartImage.ImageUrl.builder()
                                            .url(
                                                "data:image/png;base64,"
                                                    + Base64.getEncoder().encodeToString(png))
                                            .build())
                                    .build()),
                            ChatCompletionContentPart.ofText(
                                ChatCompletionContentPartText.builder()
                                    .text("what is it?")
                                    .build())))
                    .build());
    assertThat(answer.choices().get(0).message().content()).isPresent();
  }

  @Test
  void javaDrawsSeveralDifferentPictures() {
    new OpenAiPictures(client, model).drawSeveral();
  }

  @Test
  void javaDrawsAsJpeg() {
    new OpenAiPictures(client, model).drawAsJpeg();
  }

  @Test
  void javaDrawsWithAddresses() throws Exception {
    new OpenAiPictures(client, model).drawWithAddresses();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2, 3})
  void javaDrawsInAStream(long partial) {
    new OpenAiPictures(client, model).drawInAStream(partial);
  }

  @Test
  void javaUnderstandsRefusals() {
    assertThatThrownBy(
            () ->
                client
                    .chat()
                    .completions()
                    .create(chat().addUserMessage("x").model("gpt-nobody").build()))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(
            () ->
                client
                    .chat()
                    .completions()
                    .create(chat().addUserMessage("x").temperature(99.0).build()))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            refusal -> assertThat(refusal.param()).contains("temperature"));
    assertThatThrownBy(() -> client("om_nobody").models().list())
        .isInstanceOf(UnauthorizedException.class);
  }

  @Test
  void javaConversesByResponses() {
    new OpenAiResponses(client, model).converse();
  }

  @Test
  void javaDrawsByTheToolOfAResponse() {
    new OpenAiResponses(client, model).draw();
  }

  @Test
  void javaLeavesResponsesInTheBackground() {
    new OpenAiResponses(client, model).leaveInTheBackground();
  }

  @Test
  void javaUnwrapsTheEventOfAResponse() throws Exception {
    new OpenAiResponses(client, model)
        .unwrapItsEvent(new GatewayClient(platform.url(), platform.keys().apiKey()));
  }

  @Test
  void javaSendsABatchAndUnwrapsItsEvent() throws Exception {
    new OpenAiBatches(client, model)
        .send(new GatewayClient(platform.url(), platform.keys().apiKey()));
  }

  @Test
  void javaSendsABatchOfResponses() throws IOException {
    new OpenAiBatches(client, model).sendResponses();
  }

  @Test
  void theNodeProgramsPass() throws Exception {
    Path work = Files.createDirectories(folder.resolve("node"));
    for (String file :
        List.of("package.json", "package-lock.json", CHAT_PROGRAM, WEBHOOK_PROGRAM)) {
      Files.copy(PROGRAM.resolve(file), work.resolve(file));
    }
    String limited = limitedKey("node");
    run(work, limited, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    run(work, limited, "node", "--test", CHAT_PROGRAM, WEBHOOK_PROGRAM);
  }

  private static void run(Path folder, String limited, String... command) throws Exception {
    Path output = folder.resolve(command[0] + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("OPENAI_BASE_URL", platform.url() + "/v1");
    builder.environment().put("OPENAI_API_KEY", platform.keys().apiKey());
    builder.environment().put("LIMITED_API_KEY", limited);
    Process process = builder.start();
    boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    String log = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(ended).as(String.join(" ", command) + " took too long:\n" + log).isTrue();
    assertThat(process.exitValue()).as(String.join(" ", command) + ":\n" + log).isZero();
  }
}
