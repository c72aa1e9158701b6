package org.omnimamba.standalone.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/**
 * Sends what OpenAI's Python client sent when it was recorded ({@code python-wire/README.md}), byte
 * by byte, each on a connection of its own.
 */
final class PythonWire {
  private static final int PATIENCE_MILLIS = 120_000;

  private final URI platform;
  private final Map<String, String> names = new HashMap<>();

  PythonWire(String url, String key, String model) {
    this.platform = URI.create(url);
    names.put("{host}", platform.getAuthority());
    names.put("{key}", key);
    names.put("{model}", model);
  }

  /** Says what stands in place of a name in the recording, such as {@code file}. */
  void put(String name, String value) {
    names.put("{" + name + "}", value);
  }

  /**
   * An answer.
   *
   * @param headers by their names in lower case
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(int status, Map<String, String> headers, byte[] body) {
    String text() {
      return new String(body, UTF_8);
    }

    JsonNode json() {
      return GatewayClient.JSON.readTree(text());
    }

    /** The data of the events of a stream, as the client reads them: by line, to the end. */
    List<JsonNode> events() {
      List<JsonNode> events = new ArrayList<>();
      StringBuilder data = new StringBuilder();
      for (String line : text().split("\r\n|\n|\r", -1)) {
        if (line.isEmpty() && !data.isEmpty()) {
          events.add(GatewayClient.JSON.readTree(data.toString()));
          data.setLength(0);
        } else if (line.startsWith("data:")) {
          data.append(line.substring("data:".length()).strip());
        }
      }
      return events;
    }
  }

  /** Sends a request of the recording. */
  Answer send(String name) throws IOException {
    try (Socket socket = new Socket(platform.getHost(), platform.getPort())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(request(name));
      return read(socket.getInputStream());
    }
  }

  private byte[] request(String name) throws IOException {
    String recorded;
    try (InputStream file =
        Objects.requireNonNull(
            PythonWire.class.getResourceAsStream("/python-wire/" + name + ".http"), name)) {
      recorded = new String(file.readAllBytes(), ISO_8859_1);
    }
    for (Map.Entry<String, String> known : names.entrySet()) {
      recorded = recorded.replace(known.getKey(), known.getValue());
    }
    int body = recorded.indexOf("\r\n\r\n") + 4;
    String head =
        recorded
            .substring(0, body)
            .replaceFirst("Content-Length: \\d+", "Content-Length: " + (recorded.length() - body));
    return (head + recorded.substring(body)).getBytes(ISO_8859_1);
  }

  private static Answer read(InputStream in) throws IOException {
    String[] status = line(in).split(" ", 3);
    Map<String, String> headers = new HashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    byte[] body =
        "chunked".equals(headers.get("transfer-encoding"))
            ? chunks(in)
            : in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
    return new Answer(Integer.parseInt(status[1]), headers, body);
  }

  private static byte[] chunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int size = Integer.parseInt(line(in), 16);
        size > 0;
        size = Integer.parseInt(line(in), 16)) {
      body.write(in.readNBytes(size));
      line(in);
    }
    line(in);
    return body.toByteArray();
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new EOFException("the answer broke off after '" + line + "'");
      }
      line.write(next);
    }
    return line.toString(ISO_8859_1).strip();
  }
}
