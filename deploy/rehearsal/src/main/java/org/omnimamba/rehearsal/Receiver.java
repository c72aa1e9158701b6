package org.omnimamba.rehearsal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A receiver of webhooks and, at {@code /v1/traces}, a collector of traces. */
final class Receiver implements AutoCloseable {
  static final int PORT = 9000;

  private final HttpServer server;
  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, Set<String>> messages = new ConcurrentHashMap<>();
  private final AtomicInteger traces = new AtomicInteger();

  Receiver(String address) throws IOException {
    server = HttpServer.create(new InetSocketAddress(address, PORT), 64);
    server.setExecutor(
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "receiver");
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext(
        "/hook",
        exchange -> {
          JsonNode body = json.readTree(exchange.getRequestBody().readAllBytes());
          String message = exchange.getRequestHeaders().getFirst("webhook-id");
          messages
              .computeIfAbsent(
                  body.path("data").path("id").asText(), job -> ConcurrentHashMap.newKeySet())
              .add(body.path("type").asText() + " " + message);
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.createContext(
        "/v1/traces",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          traces.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  /** Different messages about a job: type and id of each. */
  Set<String> messages(String job) {
    return messages.getOrDefault(job, Set.of());
  }

  /** How many batches of spans have arrived. */
  int traces() {
    return traces.get();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
