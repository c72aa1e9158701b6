package org.omnimamba.inference.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.Socket;

/** Requests written to a socket, for clients that do what a proper client does not. */
final class RawRequests {
  private RawRequests() {}

  /** Sends a whole request. */
  static void send(Socket socket, String path, String body) throws IOException {
    write(socket, head(path, body.getBytes(UTF_8).length) + body);
  }

  /** Sends a request's head and what its body begins with. */
  static void begin(Socket socket, String path, int length, String first) throws IOException {
    write(socket, head(path, length) + first);
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(UTF_8));
    socket.getOutputStream().flush();
  }

  private static String head(String path, int length) {
    return """
        POST %s HTTP/1.1\r
        Host: localhost\r
        X-OmniMamba-Internal-Token: %s\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        """
        .formatted(path, TestServer.TOKEN, length);
  }
}
