package org.omnimamba.evaluation.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.evaluation.MadeUp;
import org.omnimamba.evaluation.data.Fault;
import org.omnimamba.evaluation.data.Picture;
import org.omnimamba.evaluation.data.Question;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Questions over real HTTP, to a server that does as the test says. */
class ApiAnswererTest {
  @TempDir Path folder;
  private final List<JsonNode> requests = Collections.synchronizedList(new ArrayList<>());
  private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger calls = new AtomicInteger();
  private ExecutorService threads;
  private HttpServer server;
  private URI url;

  /** What the server answers to its n-th request, from 0. */
  private interface Reply {
    void to(HttpExchange exchange, int call, JsonNode request) throws IOException;
  }

  private Reply reply = (exchange, call, request) -> say(exchange, "answer");

  @BeforeEach
  void start() throws IOException {
    threads = Executors.newCachedThreadPool();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/v1/chat/completions",
        exchange -> {
          JsonNode request = JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
          requests.add(request);
          reply.to(exchange, calls.getAndIncrement(), request);
        });
    server.createContext(
        "/v1/models",
        exchange ->
            send(
                exchange,
                "Bearer key".equals(exchange.getRequestHeaders().getFirst("Authorization"))
                    ? 200
                    : 401,
                "{\"data\": [{\"id\": \"omnimamba\"}]}"));
    server.start();
    url = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static void say(HttpExchange exchange, String answer) throws IOException {
    send(
        exchange, 200, "{\"choices\": [{\"message\": {\"content\": \" %s \"}}]}".formatted(answer));
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private List<Question> questions(int count) throws IOException {
    List<Question> questions = new ArrayList<>();
    Path file = MadeUp.picture(folder.resolve("a.png"));
    for (int i = 0; i < count; i++) {
      questions.add(
          new Question(
              "q" + i, "", new Picture("a.png", file), "Is it " + i + "?", List.of("yes")));
    }
    return questions;
  }

  /** Answers and refusals by question. */
  private static final class Heard implements Answerer.Answers {
    final Map<String, String> answers = new HashMap<>();
    final Map<String, Fault> faults = new HashMap<>();

    @Override
    public void answered(Question question, String answer) {
      answers.put(question.id(), answer);
    }

    @Override
    public void unusable(Question question, Fault.Kind kind, String reason) {
      faults.put(question.id(), new Fault(kind, question.id(), reason));
    }
  }

  private Heard ask(List<Question> questions, int parallel) throws Exception {
    Heard heard = new Heard();
    ApiAnswerer.Settings settings =
        new ApiAnswerer.Settings(url, "key", "omnimamba", parallel, 16, Duration.ofMinutes(1));
    assertThat(settings.toString()).doesNotContain("key");
    new ApiAnswerer(settings, pauses::add).answer(questions, heard);
    return heard;
  }

  @Test
  void asksGreedilyWithThePictureInside() throws Exception {
    reply =
        (exchange, call, request) ->
            say(exchange, request.at("/messages/0/content/0/text").asString());
    Heard heard = ask(questions(50), 8);
    assertThat(heard.answers).hasSize(50).containsEntry("q7", "Is it 7?");
    JsonNode request = requests.get(0);
    assertThat(request.path("temperature").asInt(-1)).isZero();
    assertThat(request.path("max_tokens").asInt()).isEqualTo(16);
    assertThat(request.path("model").asString()).isEqualTo("omnimamba");
    String picture = request.at("/messages/0/content/1/image_url/url").asString();
    assertThat(picture).startsWith("data:image/png;base64,");
    assertThat(Base64.getDecoder().decode(picture.substring(picture.indexOf(',') + 1)))
        .isEqualTo(Files.readAllBytes(folder.resolve("a.png")));
  }

  @Test
  void aBusyOrFailingServerIsAskedAgain() throws Exception {
    reply =
        (exchange, call, request) -> {
          switch (call) {
            case 0 -> {
              exchange.getResponseHeaders().set("Retry-After", "7");
              send(exchange, 429, "{}");
            }
            case 1 -> send(exchange, 503, "{}");
            case 2 -> exchange.close(); // the connection breaks
            default -> say(exchange, "yes");
          }
        };
    Heard heard = ask(questions(1), 1);
    assertThat(heard.answers).containsEntry("q0", "yes");
    assertThat(pauses.get(0)).isEqualTo(Duration.ofSeconds(7));
    assertThat(pauses.get(1)).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void whatTheServerRefusesIsAFaultAndTheRestGoesOn() throws Exception {
    reply =
        (exchange, call, request) -> {
          if (request.at("/messages/0/content/0/text").asString().contains("3")) {
            send(exchange, 400, "{\"error\": {\"message\": \"too many tokens\"}}");
          } else {
            say(exchange, "yes");
          }
        };
    List<Question> questions = new ArrayList<>(questions(9));
    Path damaged = Files.writeString(folder.resolve("damaged.png"), "no picture");
    questions.add(
        new Question("bad", "", new Picture("damaged.png", damaged), "Is it?", List.of("yes")));
    Heard heard = ask(questions, 4);
    assertThat(heard.answers).hasSize(8);
    assertThat(heard.faults.get("q3").kind()).isEqualTo(Fault.Kind.REFUSED);
    assertThat(heard.faults.get("q3").reason()).contains("400").contains("too many tokens");
    assertThat(heard.faults.get("bad").kind()).isEqualTo(Fault.Kind.UNREADABLE_PICTURE);
  }

  @Test
  void aWrongKeyEndsTheRunAtOnce() throws Exception {
    reply = (exchange, call, request) -> send(exchange, 401, "{\"error\":{\"message\":\"no\"}}");
    List<Question> questions = questions(50);
    assertThatThrownBy(() -> ask(questions, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("answered 401: no");
    assertThat(calls.get()).isEqualTo(1);
    assertThat(ApiAnswerer.modelAt(url, "key")).isEqualTo("omnimamba");
    assertThatThrownBy(() -> ApiAnswerer.modelAt(url, "other"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("401");
  }
}
