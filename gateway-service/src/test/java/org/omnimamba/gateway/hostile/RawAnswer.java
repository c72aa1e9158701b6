package org.omnimamba.gateway.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * What a server answers to bytes on a socket.
 *
 * @param status {@link #CLOSED} for a connection that just ends
 * @param text everything that came
 */
public record RawAnswer(int status, String text) {
  static final int CLOSED = -1;

  /** Sends the bytes and reads until the server ends the answer or the connection. */
  public static RawAnswer send(int port, byte[] bytes) throws IOException {
    return send(port, bytes, false);
  }

  public static RawAnswer send(int port, byte[] bytes, boolean untilClosed) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(15_000);
      OutputStream out = socket.getOutputStream();
      try {
        out.write(bytes);
        out.flush();
      } catch (IOException e) {
        // The server may refuse before it has read everything; its answer still counts.
      }
      boolean head = new String(bytes, 0, 5, StandardCharsets.ISO_8859_1).equals("HEAD ");
      return read(socket.getInputStream(), head, untilClosed);
    }
  }

  /** Fails unless the server takes every byte, answers, and ends the connection properly. */
  public static RawAnswer sendAll(int port, byte[] bytes) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(15_000);
      socket.getOutputStream().write(bytes);
      String text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      return new RawAnswer(status(text), text);
    }
  }

  private static RawAnswer read(InputStream in, boolean head, boolean untilClosed)
      throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    try {
      for (int size = in.read(buffer); size >= 0; size = in.read(buffer)) {
        all.write(buffer, 0, size);
        if (!untilClosed && isWhole(all.toString(StandardCharsets.ISO_8859_1), head)) {
          break;
        }
      }
    } catch (java.net.SocketException e) {
      // Reset after the answer, because the rest of the request was not read.
    }
    String text = all.toString(Charset.forName("ISO-8859-1"));
    return new RawAnswer(status(text), text);
  }

  private static int status(String text) {
    return text.startsWith("HTTP/1.") ? Integer.parseInt(text.substring(9, 12)) : CLOSED;
  }

  /** Whether a plain answer with a length is there, and no second one is to come. */
  private static boolean isWhole(String text, boolean withoutBody) {
    int head = text.indexOf("\r\n\r\n");
    if (head < 0 || withoutBody) {
      return head >= 0;
    }
    String lower = text.substring(0, head).toLowerCase(java.util.Locale.ROOT);
    int length = lower.indexOf("content-length: ");
    if (length < 0) {
      return lower.contains("transfer-encoding: chunked")
          && text.endsWith("0\r\n\r\n")
          && !text.contains("served\r\n0\r\n\r\nHTTP");
    }
    int size = Integer.parseInt(lower.substring(length + 16).lines().findFirst().orElse("0"));
    return text.length() >= head + 4 + size;
  }
}
