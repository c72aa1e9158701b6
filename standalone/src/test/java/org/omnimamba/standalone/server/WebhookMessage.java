package org.omnimamba.standalone.server;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What a receiver of webhooks got.
 *
 * @param secret of the receiver
 * @param headers as they came
 * @param body as it came
 */
record WebhookMessage(String secret, Map<String, List<String>> headers, String body) {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** The first message of these types that comes after the work began. */
  static WebhookMessage first(GatewayClient gateway, Runnable work, String... types)
      throws Exception {
    BlockingQueue<WebhookMessage> told = new LinkedBlockingQueue<>();
    HttpServer receiver =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    receiver.createContext(
        "/",
        exchange -> {
          String body =
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          told.add(new WebhookMessage("", Map.copyOf(exchange.getRequestHeaders()), body));
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    receiver.start();
    try {
      String url = "http://127.0.0.1:" + receiver.getAddress().getPort() + "/";
      String secret =
          gateway
              .postJson(
                  "/v1/webhook-endpoints",
                  GatewayClient.JSON
                      .createObjectNode()
                      .put("url", url)
                      .set("events", GatewayClient.JSON.valueToTree(types)),
                  201)
              .path("secret")
              .asString();
      work.run();
      WebhookMessage first =
          Optional.ofNullable(told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).orElseThrow();
      return new WebhookMessage(secret, first.headers(), first.body());
    } finally {
      receiver.stop(0);
    }
  }

  /** The value of a header, whatever the case of its name. */
  String header(String name) {
    return headers.entrySet().stream()
        .filter(header -> header.getKey().equalsIgnoreCase(name))
        .map(header -> header.getValue().get(0))
        .findFirst()
        .orElseThrow();
  }
}
