package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionContentPart;
import com.openai.models.chat.completions.ChatCompletionContentPartImage;
import com.openai.models.chat.completions.ChatCompletionContentPartText;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.images.ImageGenStreamEvent;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.images.ImagesResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.standalone.OmniMambaHome;

/**
 * OpenAI's own clients against the whole platform: only the base URL and the key are ours. The Java
 * program is here, the one for node in {@code src/test/js}.
 */
class OpenAiSdksTest {
  private static final Path PROGRAM = Path.of("src", "test", "js");
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
            new StandaloneOptions(TinyModel.directory(), 0, "127.0.0.1", Map.of()));
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
    return OpenAIOkHttpClient.builder()
        .baseUrl(platform.url() + "/v1")
        .apiKey(key)
        .maxRetries(0)
        .build();
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
  void javaAsksAboutAPicture() throws IOException {
    byte[] png = Base64.getDecoder().decode(draw(1).data().orElseThrow().get(0).b64Json().get());
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

  private static ImagesResponse draw(int count) {
    return client
        .images()
        .generate(
            ImageGenerateParams.builder().model(model).prompt("a red apple").n(count).build());
  }

  @Test
  void javaDrawsSeveralDifferentPictures() {
    List<String> pictures =
        draw(2).data().orElseThrow().stream()
            .map(image -> image.b64Json().orElseThrow())
            .collect(Collectors.toList());
    assertThat(pictures).hasSize(2).doesNotHaveDuplicates();
    assertThat(Base64.getDecoder().decode(pictures.get(0))).startsWith(0x89, 'P', 'N', 'G');
  }

  @Test
  void javaDrawsBehindAddresses() throws Exception {
    ImagesResponse response =
        client
            .images()
            .generate(
                ImageGenerateParams.builder()
                    .model(model)
                    .prompt("a red apple")
                    .n(2)
                    .responseFormat(ImageGenerateParams.ResponseFormat.URL)
                    .build());
    List<String> urls =
        response.data().orElseThrow().stream().map(image -> image.url().orElseThrow()).toList();
    assertThat(urls).hasSize(2).doesNotHaveDuplicates();
    for (String url : urls) {
      HttpResponse<byte[]> picture =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(url)).build(),
                  HttpResponse.BodyHandlers.ofByteArray());
      assertThat(picture.statusCode()).isEqualTo(200);
      assertThat(picture.body()).startsWith(0x89, 'P', 'N', 'G');
    }
  }

  @Test
  void javaDrawsInAStream() {
    try (StreamResponse<ImageGenStreamEvent> events =
        client
            .images()
            .generateStreaming(
                ImageGenerateParams.builder()
                    .model(model)
                    .prompt("a red apple")
                    .partialImages(2)
                    .build())) {
      List<ImageGenStreamEvent> all = events.stream().toList();
      assertThat(all).hasSize(3);
      assertThat(all.subList(0, 2)).allMatch(ImageGenStreamEvent::isGenerationPartialImage);
      assertThat(all.get(2).isGenerationCompleted()).isTrue();
    }
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
  void theNodeProgramPasses() throws Exception {
    Path work = Files.createDirectories(folder.resolve("node"));
    for (String file : List.of("package.json", "package-lock.json", "openai-sdk.test.mjs")) {
      Files.copy(PROGRAM.resolve(file), work.resolve(file));
    }
    run(work, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    run(work, "node", "--test", "openai-sdk.test.mjs");
  }

  private static void run(Path folder, String... command) throws Exception {
    Path output = folder.resolve(command[0] + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("OPENAI_BASE_URL", platform.url() + "/v1");
    builder.environment().put("OPENAI_API_KEY", platform.keys().apiKey());
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
