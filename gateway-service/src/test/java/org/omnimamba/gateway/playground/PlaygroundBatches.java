package org.omnimamba.gateway.playground;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/** Files and batches that are where a test says, in the API's shapes. */
final class PlaygroundBatches {
  static final String NEW = "batch_0199aa00000070008000000000000009";

  private static final Pattern FILENAME = Pattern.compile("filename=\"([^\"]*)\"");

  /** Answers in place of a batch; {@code null}: batches are made. */
  volatile String refusal;

  /** Whether files are taken without an answer. */
  volatile boolean silent;

  final AtomicReference<String> uploaded = new AtomicReference<>("");
  final AtomicReference<String> asked = new AtomicReference<>("");
  final List<String> deleted = new ArrayList<>();

  private final Map<String, String> names = new ConcurrentHashMap<>();
  private final Map<String, String> contents = new ConcurrentHashMap<>();
  private final Map<String, String> batches = new ConcurrentHashMap<>();

  void routes(HttpServerRoutes routes) {
    routes
        .post("/v1/files", this::upload)
        .get("/v1/files", (request, response) -> json(response, files()))
        .get(
            "/v1/files/{id}/content",
            (request, response) ->
                response.sendString(Mono.just(contents.get(request.param("id")))))
        .delete(
            "/v1/files/{id}",
            (request, response) -> {
              deleted.add(request.param("id"));
              return json(response, "{\"deleted\":true}");
            })
        .post("/v1/batches", this::create)
        .get("/v1/batches", this::list)
        .post(
            "/v1/batches/{id}/cancel",
            (request, response) -> {
              put(request.param("id"), "cancelling", 5, 0, "");
              return json(response, "{}");
            });
  }

  private Publisher<Void> upload(HttpServerRequest request, HttpServerResponse response) {
    return request
        .receive()
        .aggregate()
        .asString()
        .flatMap(
            body -> {
              uploaded.set(body);
              if (silent) {
                return Mono.never();
              }
              Matcher filename = FILENAME.matcher(body);
              names.put("file-new", filename.find() ? filename.group(1) : "");
              return Mono.from(json(response, file("file-new")));
            });
  }

  private Publisher<Void> create(HttpServerRequest request, HttpServerResponse response) {
    return request
        .receive()
        .aggregate()
        .asString()
        .flatMap(
            body -> {
              asked.set(body);
              if (refusal != null) {
                return Mono.from(json(response.status(400), refusal));
              }
              put(NEW, "validating", 0, 0, "");
              return Mono.from(json(response, batches.get(NEW)));
            });
  }

  private Publisher<Void> list(HttpServerRequest request, HttpServerResponse response) {
    int limit = Integer.parseInt(request.uri().replaceAll(".*limit=", ""));
    List<String> all =
        batches.entrySet().stream()
            .sorted(Map.Entry.<String, String>comparingByKey().reversed())
            .map(Map.Entry::getValue)
            .toList();
    return json(
        response,
        "{\"object\":\"list\",\"has_more\":"
            + (all.size() > limit)
            + ",\"data\":["
            + String.join(",", all.subList(0, Math.min(limit, all.size())))
            + "]}");
  }

  private String files() {
    return "{\"object\":\"list\",\"has_more\":false,\"data\":["
        + String.join(",", names.keySet().stream().map(this::file).toList())
        + "]}";
  }

  private String file(String id) {
    return "{\"id\":\"" + id + "\",\"object\":\"file\",\"filename\":\"" + names.get(id) + "\"}";
  }

  /** A file that is there. */
  void file(String id, String name, String content) {
    names.put(id, name);
    contents.put(id, content);
  }

  /** Where the new batch is now, of 20 requests; {@code more} are further members. */
  void now(String status, int completed, int failed, String more) {
    put(NEW, status, completed, failed, more);
  }

  /** Batches of a file that is gone, older than the new one. */
  void earlier(int count) {
    for (int i = 0; i < count; i++) {
      put(String.format("batch_0199aa000000700080000000000%05d", i), "completed", 20, 0, "");
    }
  }

  private void put(String id, String status, int completed, int failed, String more) {
    boolean judged = !status.equals("validating") && !status.equals("failed");
    batches.put(
        id,
        "{\"id\":\""
            + id
            + "\",\"object\":\"batch\",\"endpoint\":\"/v1/images/generations\",\"status\":\""
            + status
            + "\",\"input_file_id\":\""
            + (id.equals(NEW) ? "file-new" : "file-gone")
            + "\",\"created_at\":1795946400,\"request_counts\":{\"total\":"
            + (judged ? 20 : 0)
            + ",\"completed\":"
            + completed
            + ",\"failed\":"
            + failed
            + "}"
            + more
            + "}");
  }

  private static Publisher<Void> json(HttpServerResponse response, String body) {
    return response.header("Content-Type", "application/json").sendString(Mono.just(body));
  }

  void renew() {
    refusal = null;
    silent = false;
    uploaded.set("");
    asked.set("");
    deleted.clear();
    names.clear();
    contents.clear();
    batches.clear();
  }
}
