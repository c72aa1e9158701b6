package org.omnimamba.evaluation.run;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.omnimamba.evaluation.data.Fault;
import org.omnimamba.evaluation.data.Question;
import org.omnimamba.model.image.ImageDecoder;
import org.omnimamba.model.image.ImageFormat;
import org.omnimamba.model.image.ImageHeader;
import org.omnimamba.model.image.ImageLimits;
import org.omnimamba.model.image.InvalidImageException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model behind OpenAI's API, asked over HTTP by several threads. A server that is busy or fails
 * is asked again; a request that it refuses (400, 413, 422) is a question without an answer.
 */
public final class ApiAnswerer implements Answerer {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final int MOST_ATTEMPTS = 6;
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();
  private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
  private final Settings settings;
  private final Pauses pauses;

  /**
   * How to ask.
   *
   * @param url of the platform, without {@code /v1}
   * @param key the API key; empty for none
   * @param model the model's name at the server; see {@link #modelAt}
   * @param parallel requests at a time, at least 1
   * @param maxTokens of an answer at most
   * @param patience for one answer
   */
  public record Settings(
      URI url, String key, String model, int parallel, int maxTokens, Duration patience) {
    public Settings {
      if (parallel < 1) {
        throw new IllegalArgumentException("at least one request at a time");
      }
    }

    @Override
    public String toString() {
      return url + ", " + model; // never the key
    }
  }

  /** Waits before another attempt. */
  public interface Pauses {
    void pause(Duration time) throws InterruptedException;
  }

  public ApiAnswerer(Settings settings, Pauses pauses) {
    this.settings = settings;
    this.pauses = pauses;
  }

  /**
   * The name of the first model that a server offers.
   *
   * @throws IOException if nothing answers there, or not as OpenAI's API
   */
  public static String modelAt(URI url, String key) throws IOException, InterruptedException {
    HttpResponse<byte[]> response;
    try {
      response =
          HttpClient.newHttpClient()
              .send(
                  request(url, "/v1/models", key, Duration.ofSeconds(30)).GET().build(),
                  HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new IOException("nothing answers at " + url, e);
    }
    if (response.statusCode() != 200) {
      throw new IOException(
          "%s answered %d: %s".formatted(url, response.statusCode(), reason(response.body())));
    }
    String model = json(response.body()).path("data").path(0).path("id").asString("");
    if (model.isEmpty()) {
      throw new IOException(url + " offers no model");
    }
    return model;
  }

  @Override
  public void answer(List<Question> questions, Answers answers)
      throws IOException, InterruptedException {
    AtomicInteger next = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(settings.parallel());
    try {
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < settings.parallel(); i++) {
        workers.add(
            threads.submit(
                () -> {
                  askFrom(next, questions, answers);
                  return null;
                }));
      }
      for (Future<?> worker : workers) {
        try {
          worker.get();
        } catch (ExecutionException e) {
          rethrow(Objects.requireNonNull(e.getCause()));
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private void askFrom(AtomicInteger next, List<Question> questions, Answers answers)
      throws IOException, InterruptedException {
    boolean done = false;
    try {
      for (int at = next.getAndIncrement(); at < questions.size(); at = next.getAndIncrement()) {
        ask(questions.get(at), answers);
      }
      done = true;
    } finally {
      if (!done) {
        // a failure ends all workers: they find nothing left to ask
        next.set(questions.size());
      }
    }
  }

  private static void rethrow(Throwable failure) throws IOException, InterruptedException {
    if (failure instanceof IOException io) {
      throw io;
    }
    if (failure instanceof InterruptedException interrupted) {
      throw interrupted;
    }
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    }
    throw new IllegalStateException(failure);
  }

  private void ask(Question question, Answers answers) throws IOException, InterruptedException {
    byte[] body;
    try {
      byte[] picture = question.picture().bytes();
      ImageHeader header = decoder.inspect(picture);
      body = body(question, header.format(), picture);
    } catch (IOException e) {
      unusable(question, Fault.Kind.UNREADABLE_PICTURE, "cannot be read: " + e, answers);
      return;
    } catch (InvalidImageException e) {
      unusable(question, Fault.Kind.UNREADABLE_PICTURE, String.valueOf(e.getMessage()), answers);
      return;
    }
    HttpResponse<byte[]> response = post(body);
    int status = response.statusCode();
    if (status == 400 || status == 413 || status == 422) {
      unusable(
          question,
          Fault.Kind.REFUSED,
          "the server answered %d: %s".formatted(status, reason(response.body())),
          answers);
      return;
    }
    if (status != 200) {
      throw new IOException(
          "%s answered %d: %s".formatted(settings.url(), status, reason(response.body())));
    }
    JsonNode content = json(response.body()).at("/choices/0/message/content");
    if (!content.isString()) {
      throw new IOException(settings.url() + " answered without a message");
    }
    synchronized (answers) {
      answers.answered(question, content.asString().strip());
    }
  }

  private static void unusable(Question question, Fault.Kind kind, String reason, Answers answers)
      throws IOException {
    synchronized (answers) {
      answers.unusable(question, kind, reason);
    }
  }

  private HttpResponse<byte[]> post(byte[] body) throws IOException, InterruptedException {
    HttpRequest request =
        request(settings.url(), "/v1/chat/completions", settings.key(), settings.patience())
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    for (int attempt = 1; ; attempt++) {
      Duration pause = Duration.ofSeconds(1L << (attempt - 1));
      try {
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        boolean again = response.statusCode() == 429 || response.statusCode() >= 500;
        if (!again || attempt == MOST_ATTEMPTS) {
          return response;
        }
        pause = response.headers().firstValue("Retry-After").map(this::seconds).orElse(pause);
      } catch (IOException e) {
        if (attempt == MOST_ATTEMPTS) {
          throw new IOException("cannot reach " + settings.url(), e);
        }
      }
      pauses.pause(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
    }
  }

  private Duration seconds(String text) {
    return text.matches("\\d{1,6}") ? Duration.ofSeconds(Long.parseLong(text)) : LONGEST_PAUSE;
  }

  private byte[] body(Question question, ImageFormat format, byte[] picture) {
    ObjectNode body =
        MAPPER
            .createObjectNode()
            .put("model", settings.model())
            .put("temperature", 0)
            .put("max_tokens", settings.maxTokens());
    ArrayNode content =
        body.putArray("messages").addObject().put("role", "user").putArray("content");
    content.addObject().put("type", "text").put("text", question.text());
    content
        .addObject()
        .put("type", "image_url")
        .putObject("image_url")
        .put(
            "url",
            "data:%s;base64,%s"
                .formatted(format.mediaType(), Base64.getEncoder().encodeToString(picture)));
    return MAPPER.writeValueAsBytes(body);
  }

  private static HttpRequest.Builder request(URI url, String path, String key, Duration patience) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path)).timeout(patience);
    return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
  }

  private static JsonNode json(byte[] body) throws IOException {
    try {
      return MAPPER.readTree(body);
    } catch (JacksonException e) {
      throw new IOException("the server's answer is no JSON", e);
    }
  }

  private static String reason(byte[] body) {
    try {
      JsonNode json = MAPPER.readTree(body);
      return json.path("error").path("message").asString(json.path("detail").asString(""));
    } catch (JacksonException e) {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    // nothing: the client ends with its last request
  }
}
