package org.omnimamba.benchmarks.serving;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Sends one request at a time for each thread that calls it, and times the answer. */
final class LoadClient {
  /** As long as a question of a few words, in letters and digits that any tokenizer knows. */
  static final String QUESTION = "What is in it, and where?";

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI server;
  private final String key;
  private final int pictureTokens;

  /**
   * @param pictureTokens that a picture consists of
   */
  LoadClient(URI server, String key, int pictureTokens) {
    this.server = server;
    this.key = key;
    this.pictureTokens = pictureTokens;
  }

  /** A picture from a seed of its own. */
  Exchange picture(int seed) throws IOException, InterruptedException {
    HttpRequest request =
        post("/v1/images/generations", "{\"prompt\":\"a green tree\",\"seed\":" + seed + "}");
    long begin = System.nanoTime();
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    long end = System.nanoTime();
    if (response.statusCode() != 200) {
      throw new IOException(response.statusCode() + ": " + response.body());
    }
    return Exchange.whole(begin, end, pictureTokens);
  }

  /** A streamed answer to a question about a photo. */
  Exchange question(byte[] jpeg, int seed, int tokens) throws IOException, InterruptedException {
    HttpRequest request =
        post(
            "/v1/chat/completions",
            """
            {"messages":[{"role":"user","content":[{"type":"text","text":"%s"},\
            {"type":"image_url","image_url":{"url":"data:image/jpeg;base64,%s"}}]}],\
            "max_tokens":%d,"temperature":1,"seed":%d,"stream":true,"return_token_ids":true}
            """
                .formatted(QUESTION, Base64.getEncoder().encodeToString(jpeg), tokens, seed));
    long begin = System.nanoTime();
    HttpResponse<Stream<String>> response = http.send(request, BodyHandlers.ofLines());
    List<Long> times = new ArrayList<>();
    boolean[] done = new boolean[1];
    try (Stream<String> lines = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException(response.statusCode() + ": " + lines.collect(Collectors.joining()));
      }
      lines.forEach(
          line -> {
            if (line.contains("\"token_ids\":[")) {
              times.add(System.nanoTime());
            }
            done[0] |= line.equals("data: [DONE]");
          });
    }
    if (!done[0]) {
      throw new IOException("a stream ended early");
    }
    return new Exchange(begin, times, System.nanoTime(), times.size());
  }

  private HttpRequest post(String path, String body) {
    return HttpRequest.newBuilder(server.resolve(path))
        .timeout(PATIENCE)
        .header("Content-Type", "application/json")
        .header("Authorization", "Bearer " + key)
        .POST(BodyPublishers.ofString(body))
        .build();
  }
}
