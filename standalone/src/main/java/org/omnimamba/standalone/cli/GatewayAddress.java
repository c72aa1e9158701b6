package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.omnimamba.standalone.OmniMambaHome;
import org.omnimamba.standalone.server.LaptopKeys;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which gateway a command talks to, and with which key. */
final class GatewayAddress {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "${env:OMNIMAMBA_URL:-http://127.0.0.1:8080}",
      description = "The gateway (default: $OMNIMAMBA_URL, or http://127.0.0.1:8080).")
  private URI url = URI.create("http://127.0.0.1:8080");

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "File with the API key (default: $OMNIMAMBA_HOME/api-key).")
  private @Nullable Path keyFile;

  JsonNode get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  /** The answer as text. */
  String text(String path) throws IOException, InterruptedException {
    return new String(bytes(request(path).GET()), StandardCharsets.UTF_8);
  }

  JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
  }

  void delete(String path) throws IOException, InterruptedException {
    send(request(path).DELETE());
  }

  private HttpRequest.Builder request(String path) throws IOException {
    return HttpRequest.newBuilder(url.resolve(path))
        .timeout(LIMIT)
        .header("Authorization", "Bearer " + key());
  }

  private String key() throws IOException {
    Path file = keyFile != null ? keyFile : LaptopKeys.apiKeyFile(OmniMambaHome.fromEnvironment());
    if (!Files.isReadable(file)) {
      throw new IOException(
          "no API key in " + file + "; 'omnimamba serve' writes it, or name one with --key-file");
    }
    return Files.readString(file).strip();
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    byte[] body = bytes(request);
    return body.length == 0 ? JSON.nullNode() : JSON.readTree(body);
  }

  private byte[] bytes(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response;
    try {
      response =
          HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (ConnectException e) {
      throw new IOException("nothing answers at " + url + "; is 'omnimamba serve' running?", e);
    }
    if (response.statusCode() / 100 != 2) {
      throw new IOException(
          "the gateway answered " + response.statusCode() + ": " + reason(response.body()));
    }
    return response.body();
  }

  /** The message of either error envelope, or the body as it is. */
  private static String reason(byte[] body) {
    try {
      JsonNode error = JSON.readTree(body);
      String message = error.path("error").path("message").asString("");
      return message.isEmpty()
          ? error.path("detail").asString(error.path("title").asString(""))
          : message;
    } catch (tools.jackson.core.JacksonException e) {
      return new String(body, StandardCharsets.UTF_8);
    }
  }
}
