package org.omnimamba.gateway.pictures;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.images.ImageGenerateParams;
import com.openai.models.images.ImagesResponse;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Database;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import reactor.core.publisher.Mono;

/** Pictures given as addresses, asked for with OpenAI's Java client and fetched without a key. */
class PictureUrlsTest {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', 1};
  private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, 2};
  private static final AtomicReference<String> LAST_BODY = new AtomicReference<>("");
  private static final AtomicReference<String> ANSWER = new AtomicReference<>("");

  private static Upstream inference;
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    inference =
        Upstream.start(
            routes ->
                routes.post(
                    "/v1/images/generations",
                    (request, response) ->
                        request
                            .receive()
                            .aggregate()
                            .asString()
                            .doOnNext(LAST_BODY::set)
                            .then(
                                Mono.defer(
                                    () ->
                                        response
                                            .status(ANSWER.get().contains("error") ? 400 : 200)
                                            .header("Content-Type", "application/json")
                                            .sendString(Mono.just(ANSWER.get()))
                                            .then()))));
    gateway = Gateway.start(inference.url(), "http://127.0.0.1:1");
  }

  @AfterAll
  static void stop() {
    gateway.close();
    inference.close();
  }

  private static String answer(byte[]... pictures) {
    StringBuilder data = new StringBuilder();
    for (byte[] picture : pictures) {
      data.append(data.isEmpty() ? "" : ",")
          .append("{\"b64_json\":\"")
          .append(Base64.getEncoder().encodeToString(picture))
          .append("\",\"token_ids\":[1]}");
    }
    return "{\"created\":1,\"data\":["
        + data
        + "],\"usage\":{\"input_tokens\":3,\"output_tokens\":512,\"total_tokens\":515,"
        + "\"input_tokens_details\":{\"text_tokens\":3,\"image_tokens\":0}}}";
  }

  private static ImagesResponse draw(Gateway through) {
    OpenAIClient client =
        OpenAIOkHttpClient.builder()
            .baseUrl(through.url() + "/v1")
            .apiKey(Gateway.KEY)
            .maxRetries(0)
            .build();
    return client
        .images()
        .generate(
            ImageGenerateParams.builder()
                .prompt("an apple")
                .n(2)
                .responseFormat(ImageGenerateParams.ResponseFormat.URL)
                .build());
  }

  private static List<String> urls(ImagesResponse response) {
    return response.data().orElseThrow().stream().map(image -> image.url().orElseThrow()).toList();
  }

  private static HttpResponse<byte[]> fetch(String url) throws Exception {
    return gateway
        .client()
        .send(
            HttpRequest.newBuilder(URI.create(url)).build(),
            HttpResponse.BodyHandlers.ofByteArray());
  }

  @Test
  void answersWithAddressesThatNeedNoKey() throws Exception {
    ANSWER.set(answer(PNG, JPEG));
    ImagesResponse response = draw(gateway);
    assertThat(LAST_BODY.get()).contains("\"b64_json\"").doesNotContain("\"url\"");
    assertThat(response.usage().orElseThrow().outputTokens()).isEqualTo(512);
    assertThat(response.data().orElseThrow()).allMatch(image -> image.b64Json().isEmpty());
    List<String> urls = urls(response);
    assertThat(urls).hasSize(2).doesNotHaveDuplicates();
    assertThat(urls).allMatch(url -> url.startsWith(gateway.url() + "/v1/images/files/"));
    assertThat(urls.get(0)).endsWith(".png");
    assertThat(urls.get(1)).endsWith(".jpg");

    HttpResponse<byte[]> png = fetch(urls.get(0));
    assertThat(png.statusCode()).isEqualTo(200);
    assertThat(png.body()).isEqualTo(PNG);
    assertThat(png.headers().firstValue("content-type")).contains("image/png");
    assertThat(png.headers().firstValue("x-content-type-options")).contains("nosniff");
    assertThat(png.headers().firstValue("cache-control").orElseThrow())
        .matches("max-age=3[56]\\d\\d, private");
    assertThat(png.headers().firstValue("x-request-id")).isPresent();
    assertThat(fetch(urls.get(1)).body()).isEqualTo(JPEG);
  }

  @Test
  void refusesAddressesThatItDidNotGive() throws Exception {
    ANSWER.set(answer(PNG));
    String url = urls(draw(gateway)).get(0);
    for (String wrong :
        List.of(
            url.replace(".png", ".gif"),
            url.replaceFirst("files/.", "files/g"),
            url.replaceFirst("(files/[0-9a-f]{32}\\.)", "$1" + "9"),
            url.replaceFirst("files/[0-9a-f]{4}", "files/0000"),
            gateway.url() + "/v1/images/files/x")) {
      HttpResponse<byte[]> answer = fetch(wrong);
      assertThat(answer.statusCode()).as(wrong).isEqualTo(404);
      assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("picture_not_found");
    }
    assertThat(gateway.get("/v1/images/files").statusCode()).isEqualTo(404);
  }

  @Test
  void usesTheConfiguredAddressAndForgetsWhatItsTenantHasTooMuchOf() throws Exception {
    try (Gateway small =
        Gateway.start(
            inference.url(),
            "http://127.0.0.1:1",
            "omnimamba.gateway.pictures.public-url",
            "https://api.example.com/",
            "omnimamba.gateway.pictures.per-tenant",
            "8B")) {
      ANSWER.set(answer(PNG, JPEG));
      String first = urls(draw(small)).get(0);
      assertThat(first).startsWith("https://api.example.com/v1/images/files/");
      String local = small.url() + URI.create(first).getPath();
      assertThat(fetch(local).statusCode()).isEqualTo(200);
      draw(small);
      assertThat(fetch(local).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void keepsThemInTheDatabaseForEveryGateway() throws Exception {
    Database database = Database.create();
    String[] settings = database.settings("omnimamba.gateway.pictures.per-tenant", "8B");
    try (Gateway one = Gateway.start(inference.url(), "http://127.0.0.1:1", settings);
        Gateway other = Gateway.start(inference.url(), "http://127.0.0.1:1", settings)) {
      ANSWER.set(answer(PNG, JPEG));
      List<String> urls = urls(draw(one));
      String path = URI.create(urls.get(0)).getPath();
      assertThat(fetch(other.url() + path).body()).isEqualTo(PNG);
      assertThat(fetch(one.url() + path).body()).isEqualTo(PNG);
      draw(other);
      assertThat(fetch(one.url() + path).statusCode()).isEqualTo(404);
      assertThat(database.query("SELECT count(*) FROM gateway_picture")).isEqualTo("2");
    }
  }

  @Test
  void saysThatAPictureCouldNotBeKept() throws Exception {
    Database database = Database.create();
    try (Gateway broken =
        Gateway.start(inference.url(), "http://127.0.0.1:1", database.settings())) {
      database.execute("DROP TABLE gateway_picture");
      ANSWER.set(answer(PNG));
      HttpResponse<String> answer =
          broken.post("/v1/images/generations", "{\"prompt\":\"x\",\"response_format\":\"url\"}");
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("pictures_unavailable");
    }
  }

  @Test
  void refusesThemInAStreamAndLeavesOtherAnswersAlone() throws Exception {
    HttpResponse<String> stream =
        gateway.post("/v1/images/generations", "{\"stream\":true,\"response_format\":\"url\"}");
    assertThat(stream.statusCode()).isEqualTo(400);
    assertThat(stream.body()).contains("\"param\":\"response_format\"");
    ANSWER.set("{\"error\":{\"message\":\"b64_json\"}}");
    HttpResponse<String> refused =
        gateway.post("/v1/images/generations", "{\"response_format\":\"url\"}");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).isEqualTo(ANSWER.get());
    ANSWER.set(answer(PNG));
    assertThat(gateway.post("/v1/images/generations", "{\"prompt\":\"x\"}").body())
        .isEqualTo(ANSWER.get());
  }
}
