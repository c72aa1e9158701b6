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
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Has the same requests done as jobs and as a batch. */
final class BatchClient {
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final long POLL_MILLIS = 20;
  private static final Set<String> ENDED_OTHERWISE = Set.of("failed", "expired", "cancelled");
  private static final String CHAT = "/v1/chat/completions";
  private static final String BODY =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"what is it?\"}],\"max_tokens\":2}";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI server;
  private final String key;
  private final int atOnce;

  /**
   * @param atOnce requests that are sent at the same time, where there is one for each job
   */
  BatchClient(URI server, String key, int atOnce) {
    this.server = server;
    this.key = key;
    this.atOnce = atOnce;
  }

  /** The same number of requests one way. */
  interface Work {
    /** Returns when all have ended. */
    void run() throws Exception;

    /** Fetches the answers. */
    void fetch() throws Exception;
  }

  /** Each a job. */
  Work jobs(int count) {
    String body = "{\"endpoint\":\"" + CHAT + "\",\"body\":" + BODY + "}";
    return new Work() {
      private List<String> ids = List.of();

      @Override
      public void run() throws Exception {
        ids =
            each(
                IntStream.range(0, count)
                    .<Callable<String>>mapToObj(
                        n -> () -> json(post("/v1/jobs", body)).path("id").asString())
                    .toList());
        while (any("queued") || any("in_progress")) {
          TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
      }

      private boolean any(String status) throws IOException, InterruptedException {
        return !json(get("/v1/jobs?limit=1&status=" + status)).path("data").isEmpty();
      }

      @Override
      public void fetch() throws Exception {
        List<String> statuses =
            each(
                ids.stream()
                    .<Callable<String>>map(
                        id -> () -> json(get("/v1/jobs/" + id)).path("status").asString())
                    .toList());
        if (!statuses.stream().allMatch("completed"::equals)) {
          throw new IOException("not all jobs completed");
        }
      }
    };
  }

  /** All of them a batch. */
  Work batch(int count) {
    String lines =
        IntStream.range(0, count)
            .mapToObj(
                n ->
                    "{\"custom_id\":\"q%d\",\"method\":\"POST\",\"url\":\"%s\",\"body\":%s}"
                        .formatted(n, CHAT, BODY))
            .collect(Collectors.joining("\n"));
    return new Work() {
      private JsonNode batch = JsonMapper.shared().createObjectNode();

      @Override
      public void run() throws Exception {
        String file = json(upload(lines)).path("id").asString();
        String request =
            "{\"input_file_id\":\"%s\",\"endpoint\":\"%s\",\"completion_window\":\"24h\"}"
                .formatted(file, CHAT);
        batch = json(post("/v1/batches", request));
        String path = "/v1/batches/" + batch.path("id").asString();
        while (!batch.path("status").asString().equals("completed")) {
          TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
          batch = json(get(path));
          String status = batch.path("status").asString();
          if (ENDED_OTHERWISE.contains(status)) {
            throw new IllegalStateException("the batch is " + status + ": " + batch);
          }
        }
      }

      @Override
      public void fetch() throws Exception {
        String path = "/v1/files/" + batch.path("output_file_id").asString() + "/content";
        if (text(get(path)).lines().count() != count) {
          throw new IOException("not all requests were answered");
        }
      }
    };
  }

  private List<String> each(List<Callable<String>> calls) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(atOnce);
    try {
      List<String> all = new ArrayList<>();
      for (Future<String> one : threads.invokeAll(calls)) {
        all.add(one.get());
      }
      return all;
    } finally {
      threads.shutdown();
    }
  }

  private HttpRequest upload(String lines) {
    String form =
        "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
            + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"in.jsonl\"\r\n\r\n"
            + lines
            + "\r\n--b--\r\n";
    return request("/v1/files")
        .header("Content-Type", "multipart/form-data; boundary=b")
        .POST(BodyPublishers.ofString(form))
        .build();
  }

  private HttpRequest post(String path, String body) {
    return request(path)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  private HttpRequest get(String path) {
    return request(path).GET().build();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve(path))
        .timeout(PATIENCE)
        .header("Authorization", "Bearer " + key);
  }

  private JsonNode json(HttpRequest request) throws IOException, InterruptedException {
    return JsonMapper.shared().readTree(text(request));
  }

  private String text(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IOException(response.statusCode() + ": " + response.body());
    }
    return response.body();
  }
}
