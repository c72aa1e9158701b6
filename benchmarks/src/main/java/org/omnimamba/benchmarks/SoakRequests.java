package org.omnimamba.benchmarks;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import org.omnimamba.model.image.ImageEncoder;
import org.omnimamba.model.image.RgbImage;

/**
 * The mixture of requests that a soak sends: both tasks, streams, clients that leave, bad input.
 */
final class SoakRequests {
  /** How a client behaves. */
  enum Kind {
    PICTURE_QUESTION(200),
    QUESTION(200),
    CHAT_STREAM(200),
    IMAGE(200),
    SEVERAL_JPEGS(200),
    IMAGE_STREAM(200),
    /** Reads the first bytes of a stream and closes the connection. */
    LEAVES(200),
    DAMAGED_PICTURE(400),
    CHOICES_WITH_LOGPROBS(200),
    LONG_QUESTION(200);

    private final int status;

    Kind(int status) {
      this.status = status;
    }

    int status() {
      return status;
    }
  }

  private final URI server;
  private final String token;

  SoakRequests(URI server, String token) {
    this.server = server;
    this.token = token;
  }

  static Kind kind(int number) {
    return Kind.values()[number % Kind.values().length];
  }

  HttpRequest request(int number) {
    Random random = new Random(number);
    return switch (kind(number)) {
      case PICTURE_QUESTION -> chat(question(random, 3, picture(random)) + ",\"max_tokens\":20");
      case QUESTION -> chat(question(random, 5, "") + ",\"max_tokens\":30");
      case CHAT_STREAM ->
          chat(
              question(random, 5, "")
                  + ",\"max_tokens\":40,\"stream\":true,\"stream_options\":{\"include_usage\":true}");
      case IMAGE -> image("\"seed\":" + number);
      case SEVERAL_JPEGS -> image("\"n\":3,\"output_format\":\"jpeg\"");
      case IMAGE_STREAM ->
          image(
              "\"stream\":true,\"partial_images\":3,"
                  + "\"stream_options\":{\"include_progress\":true}");
      case LEAVES -> chat(question(random, 5, "") + ",\"max_tokens\":1000,\"stream\":true");
      case DAMAGED_PICTURE -> chat(question(random, 3, part("iVBORw0KGgoAAAA=")));
      case CHOICES_WITH_LOGPROBS ->
          chat(
              question(random, 5, "")
                  + ",\"max_tokens\":20,\"n\":2,\"logprobs\":true,\"top_logprobs\":5");
      case LONG_QUESTION ->
          chat(question(random, 50 + random.nextInt(100), "") + ",\"max_tokens\":5");
    };
  }

  private HttpRequest chat(String fields) {
    return post("/v1/chat/completions", "{" + fields + "}");
  }

  private HttpRequest image(String fields) {
    return post("/v1/images/generations", "{\"prompt\":\"a cat and a dog\"," + fields + "}");
  }

  private HttpRequest post(String path, String body) {
    return HttpRequest.newBuilder(server.resolve(path))
        .timeout(Duration.ofMinutes(2))
        .header("Content-Type", "application/json")
        .header("X-OmniMamba-Internal-Token", token)
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private static String question(Random random, int words, String picture) {
    StringBuilder text = new StringBuilder("What");
    for (int i = 0; i < words; i++) {
      text.append(" is").append(random.nextInt(10));
    }
    return "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\""
        + text
        + "\"}"
        + picture
        + "]}]";
  }

  private static String picture(Random random) {
    int width = 20 + random.nextInt(400);
    int height = 20 + random.nextInt(400);
    byte[] rgb = new byte[3 * width * height];
    random.nextBytes(rgb);
    byte[] png = ImageEncoder.png(new RgbImage(width, height, rgb));
    return part(Base64.getEncoder().encodeToString(png));
  }

  private static String part(String base64) {
    return ",{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,"
        + base64
        + "\"}}";
  }
}
