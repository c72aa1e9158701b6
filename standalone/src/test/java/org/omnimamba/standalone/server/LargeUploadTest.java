package org.omnimamba.standalone.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.standalone.OmniMambaHome;
import tools.jackson.databind.JsonNode;

/**
 * Uploads at the limit of what a batch may read, with the limit that the platform has by itself.
 */
class LargeUploadTest {
  private static final long MOST = 200L << 20;

  @TempDir static Path folder;
  private static OmniMambaHome home;
  private static Platform platform;

  @BeforeAll
  static void start() throws Exception {
    home = OmniMambaHome.at(folder.resolve("home"));
    platform =
        Platform.start(
            home, new StandaloneOptions(TinyModel.directory(), 0, "127.0.0.1", Map.of()));
  }

  @AfterAll
  static void stop() {
    if (platform != null) {
      platform.close();
    }
  }

  /** So many bytes, made while they are read. */
  private static final class Generated extends InputStream {
    private long left;

    private Generated(long bytes) {
      this.left = bytes;
    }

    @Override
    public int read() {
      return left-- > 0 ? ' ' : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
      if (left <= 0) {
        return -1;
      }
      int count = (int) Math.min(length, left);
      Arrays.fill(into, offset, offset + count, (byte) ' ');
      left -= count;
      return count;
    }
  }

  private static HttpResponse<String> upload(long bytes) throws Exception {
    String head =
        "--b\r\n"
            + "Content-Disposition: form-data; name=\"purpose\"\r\n\r\n"
            + "batch\r\n"
            + "--b\r\n"
            + "Content-Disposition: form-data; name=\"file\"; filename=\"large.jsonl\"\r\n\r\n";
    String end = "\r\n--b--\r\n";
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(platform.url() + "/v1/files"))
            .header("Authorization", "Bearer " + platform.keys().apiKey())
            .header("Content-Type", "multipart/form-data; boundary=b")
            .POST(
                BodyPublishers.fromPublisher(
                    BodyPublishers.ofInputStream(
                        () ->
                            new SequenceInputStream(
                                Collections.enumeration(
                                    List.of(
                                        new ByteArrayInputStream(head.getBytes(UTF_8)),
                                        new Generated(bytes),
                                        new ByteArrayInputStream(end.getBytes(UTF_8)))))),
                    head.length() + bytes + end.length()))
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }

  private static long count(String table) throws Exception {
    // the fourth line of a running server's file is its port
    String port =
        Files.readAllLines(home.resolve("postgres").resolve("data").resolve("postmaster.pid"))
            .get(3);
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/omnimamba",
                PostgresServer.SUPERUSER,
                Files.readString(home.resolve("postgres-password")).strip());
        ResultSet rows =
            connection.createStatement().executeQuery("SELECT count(*) FROM " + table)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Test
  void aByteMoreThanABatchReadsIsRefusedAndNothingStays() throws Exception {
    HttpResponse<String> answer = upload(MOST + 1);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
    JsonNode error = GatewayClient.JSON.readTree(answer.body()).path("error");
    assertThat(error.path("code").asString()).isEqualTo("file_too_large");
    assertThat(error.path("param").asString()).isEqualTo("file");
    assertThat(count("stored_file")).isZero();
    assertThat(count("stored_file_piece")).isZero();
  }

  /** Requests of all tenants share the gateway's connections to job-service. */
  @Test
  void aRefusedUploadSpoilsNoOtherRequest() throws Exception {
    String file = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    String form = file + "a\r\n" + file + "b".repeat(1 << 20) + "\r\n--b--\r\n";
    GatewayClient client = new GatewayClient(platform.url(), platform.keys().apiKey());
    for (int i = 0; i < 10; i++) {
      HttpRequest refused =
          HttpRequest.newBuilder(URI.create(platform.url() + "/v1/files"))
              .header("Authorization", "Bearer " + platform.keys().apiKey())
              .header("Content-Type", "multipart/form-data; boundary=b")
              .POST(BodyPublishers.ofString(form))
              .build();
      HttpResponse<String> answer =
          HttpClient.newHttpClient().send(refused, BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
      assertThat(client.getJson("/v1/files").path("data").size()).isZero();
    }
  }

  @Test
  void asManyBytesAsABatchReadsAreKept() throws Exception {
    HttpResponse<String> answer = upload(MOST);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode file = GatewayClient.JSON.readTree(answer.body());
    assertThat(file.path("bytes").asLong()).isEqualTo(MOST);
    GatewayClient client = new GatewayClient(platform.url(), platform.keys().apiKey());
    HttpRequest delete =
        HttpRequest.newBuilder(
                URI.create(platform.url() + "/v1/files/" + file.path("id").asString()))
            .header("Authorization", "Bearer " + platform.keys().apiKey())
            .DELETE()
            .build();
    assertThat(HttpClient.newHttpClient().send(delete, BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
    assertThat(client.getJson("/v1/files").path("data").size()).isZero();
    assertThat(count("stored_file_piece")).isZero();
  }
}
