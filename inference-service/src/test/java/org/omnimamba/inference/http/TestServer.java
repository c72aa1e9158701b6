package org.omnimamba.inference.http;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.omnimamba.inference.InferenceServiceApplication;
import org.omnimamba.inference.engine.Engine;
import org.omnimamba.inference.engine.ModelBackend;
import org.omnimamba.model.testing.TinyModel;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service on free ports, and a plain client for it. */
final class TestServer implements AutoCloseable {
  static final String TOKEN = "a-token-for-tests-only";
  static final String MODEL = "omnimamba-tiny";
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final ConfigurableApplicationContext context;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private TestServer(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /** One server with the real tiny model for all tests of this JVM that need nothing special. */
  static TestServer shared() {
    return Shared.SERVER;
  }

  private static final class Shared {
    static final TestServer SERVER = start().awaitReady();
  }

  /** The real tiny model, with other settings. */
  static TestServer start(String... properties) {
    return new TestServer(InferenceServiceApplication.builder().run(arguments(properties)));
  }

  /** Another backend in the model's place. */
  static TestServer startWith(ModelBackend backend, String... properties) {
    return startWith(() -> backend, properties);
  }

  /** Another backend in the model's place, opened on the engine's thread. */
  static TestServer startWith(Supplier<ModelBackend> backend, String... properties) {
    return new TestServer(
        InferenceServiceApplication.builder()
            .initializers(
                context ->
                    ((GenericApplicationContext) context)
                        .registerBean(
                            "testBackendFactory",
                            ModelBackend.Factory.class,
                            () -> backend::get,
                            definition -> definition.setPrimary(true)))
            .run(arguments(properties)));
  }

  /** Settings as a command line has them, which wins over the configuration file. */
  private static String[] arguments(String... properties) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "server.port=0",
                "management.server.port=0",
                "omnimamba.internal-token=" + TOKEN,
                "omnimamba.inference.model=" + TinyModel.directory(),
                "omnimamba.inference.engine.slots=4"));
    all.addAll(Arrays.asList(properties));
    return all.stream().map("--"::concat).toArray(String[]::new);
  }

  TestServer awaitReady() {
    await().atMost(Duration.ofMinutes(5)).until(engine()::ready);
    return this;
  }

  Engine engine() {
    return context.getBean(Engine.class);
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  URI uri(String path) {
    return URI.create("http://localhost:%s%s".formatted(port("local.server.port"), path));
  }

  URI managementUri(String path) {
    return URI.create("http://localhost:%s%s".formatted(port("local.management.port"), path));
  }

  private String port(String property) {
    return context.getEnvironment().getRequiredProperty(property);
  }

  HttpClient client() {
    return client;
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path))
        .timeout(Duration.ofMinutes(1))
        .header("X-OmniMamba-Internal-Token", TOKEN);
  }

  HttpRequest post(String path, BodyPublisher body) {
    return request(path).header("Content-Type", "application/json").POST(body).build();
  }

  HttpRequest post(String path, String json) {
    return post(path, BodyPublishers.ofString(json));
  }

  HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  HttpResponse<String> get(String path) {
    return send(request(path).GET().build());
  }

  CompletableFuture<HttpResponse<String>> sendAsync(HttpRequest request) {
    return client.sendAsync(request, BodyHandlers.ofString());
  }

  /** The answer to a request that must succeed. */
  JsonNode ok(String path, String json) {
    HttpResponse<String> response = send(post(path, json));
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + " " + response.body());
    }
    return json(response.body());
  }

  /** The response as its head arrives; the body is read by the caller. */
  HttpResponse<InputStream> open(HttpRequest request) {
    try {
      return client.send(request, BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static JsonNode json(String text) {
    return MAPPER.readTree(text);
  }

  static String quoted(String text) {
    return MAPPER.writeValueAsString(text);
  }

  @Override
  public void close() {
    context.close();
  }
}
