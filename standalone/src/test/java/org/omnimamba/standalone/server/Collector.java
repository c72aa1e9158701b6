package org.omnimamba.standalone.server;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Takes in what OpenTelemetry exporters send, over real HTTP. */
final class Collector implements AutoCloseable {
  private final HttpServer server;
  private final List<String> exports = new CopyOnWriteArrayList<>();

  Collector() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/traces",
        exchange -> {
          exports.add(HexFormat.of().formatHex(exchange.getRequestBody().readAllBytes()));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
  }

  /**
   * Whether a service has exported a span of a trace. An export comes from one service and holds
   * its name as text and the trace's identifier as 16 bytes.
   */
  boolean has(String service, String traceId) {
    String name = HexFormat.of().formatHex(service.getBytes(StandardCharsets.UTF_8));
    return exports.stream().anyMatch(one -> one.contains(name) && one.contains(traceId));
  }

  boolean holds(String text) {
    String bytes = HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    return exports.stream().anyMatch(one -> one.contains(bytes));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
