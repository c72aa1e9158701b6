package org.omnimamba.rehearsal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A receiver of webhooks and, at {@code /v1/traces}, a collector of traces. */
final class Receiver implements AutoCloseable {
  static final int PORT = 9000;

  private final HttpServer server;
  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, Set<String>> messages = new ConcurrentHashMap<>();
  private final Map<String, List<Message>> received = new ConcurrentHashMap<>();
  private final List<String> spans = new CopyOnWriteArrayList<>();

  /** A message as it came. */
  private record Message(String id, String timestamp, String signature, byte[] body) {}

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
          byte[] bytes = exchange.getRequestBody().readAllBytes();
          JsonNode body = json.readTree(bytes);
          String message = exchange.getRequestHeaders().getFirst("webhook-id");
          received
              .computeIfAbsent(
                  body.path("data").path("id").asText(), job -> new CopyOnWriteArrayList<>())
              .add(
                  new Message(
                      message,
                      exchange.getRequestHeaders().getFirst("webhook-timestamp"),
                      exchange.getRequestHeaders().getFirst("webhook-signature"),
                      bytes));
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
          // spans are protobuf; names and identifiers lie in it as bytes, one character each here
          spans.add(
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  /** Different messages about a job: type and id of each. */
  Set<String> messages(String job) {
    return messages.getOrDefault(job, Set.of());
  }

  /** How many requests told about a job, repetitions and replays included. */
  int requests(String job) {
    return received.getOrDefault(job, List.of()).size();
  }

  /**
   * Whether each message about a job bears a signature of the secret, as Standard Webhooks 1.0 has
   * it: HMAC-SHA256 over id, timestamp and body.
   *
   * @param secret {@code whsec_} and base64
   */
  boolean isSigned(String job, String secret) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(
        new SecretKeySpec(
            Base64.getDecoder().decode(secret.substring("whsec_".length())), "HmacSHA256"));
    for (Message message : received.getOrDefault(job, List.of())) {
      mac.update((message.id() + "." + message.timestamp() + ".").getBytes(StandardCharsets.UTF_8));
      String signature = "v1," + Base64.getEncoder().encodeToString(mac.doFinal(message.body()));
      if (!List.of(message.signature().split(" ")).contains(signature)) {
        return false;
      }
    }
    return requests(job) > 0;
  }

  /**
   * Those of the services that have sent spans of a trace.
   *
   * @param trace 32 hexadecimal digits
   */
  List<String> tracedServices(String trace, List<String> services) {
    String bytes = new String(HexFormat.of().parseHex(trace), StandardCharsets.ISO_8859_1);
    return services.stream()
        .filter(
            service ->
                spans.stream().anyMatch(batch -> batch.contains(bytes) && batch.contains(service)))
        .toList();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
