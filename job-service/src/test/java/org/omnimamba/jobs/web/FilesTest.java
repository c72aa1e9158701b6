package org.omnimamba.jobs.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.jobs.file.FileStore;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.jobs.testing.UploadForm;
import org.springframework.http.HttpMethod;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;
import tools.jackson.databind.JsonNode;

/** Files over HTTP, in PostgreSQL: uploaded as forms, read whole and in part. */
class FilesTest {
  /** As the shared service has it. */
  private static final int BATCH_LIMIT = 3 << 20;

  private static final int MOST_FILES = 12;

  private final TestService service = TestService.shared();
  private final String tenant = "files-" + UUID.randomUUID();
  private final WebTestClient client = service.client(tenant);

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private ResponseSpec post(Consumer<UploadForm> parts) {
    UploadForm form = new UploadForm();
    parts.accept(form);
    return form.post(client);
  }

  private JsonNode upload(byte[] content, String purpose) {
    return json(
        post(
            form -> {
              form.file(content);
              form.field("purpose", purpose);
            }),
        200);
  }

  private static JsonNode json(ResponseSpec answer, int status) {
    @Nullable JsonNode body =
        answer
            .expectStatus()
            .isEqualTo(status)
            .expectBody(JsonNode.class)
            .returnResult()
            .getResponseBody();
    assertThat(body).isNotNull();
    return body;
  }

  private JsonNode get(String uri, Object... values) {
    return json(client.get().uri(uri, values).exchange(), 200);
  }

  private static void refused(ResponseSpec answer, int status, String code) {
    assertThat(json(answer, status).path("error").path("code").asString("")).isEqualTo(code);
  }

  private long rows() {
    return service
        .database()
        .number("SELECT count(*) FROM stored_file WHERE tenant = '" + tenant + "'");
  }

  private EntityExchangeResult<byte[]> content(String id, int status, String... header) {
    WebTestClient.RequestHeadersSpec<?> request =
        client.get().uri("/v1/files/{id}/content", id).header("Accept", "application/binary");
    for (int i = 0; i < header.length; i += 2) {
      request.header(header[i], header[i + 1]);
    }
    return request.exchange().expectStatus().isEqualTo(status).expectBody().returnResult();
  }

  @Test
  void aFileOfSeveralPiecesIsReadWholeAndInPart() {
    byte[] whole = bytes((5 << 19) + 3);
    JsonNode file = upload(whole, "batch");
    String id = file.path("id").asString("");
    assertThat(id).matches("file-[0-9a-f]{32}");
    assertThat(file.path("object").asString("")).isEqualTo("file");
    assertThat(file.path("bytes").asInt()).isEqualTo(whole.length);
    assertThat(file.path("filename").asString("")).isEqualTo("questions.jsonl");
    assertThat(file.path("purpose").asString("")).isEqualTo("batch");
    assertThat(file.path("status").asString("")).isEqualTo("processed");
    assertThat(file.path("expires_at").asLong() - file.path("created_at").asLong())
        .isEqualTo(30 * 24 * 3600);
    assertThat(get("/v1/files/{id}", id)).isEqualTo(file);

    EntityExchangeResult<byte[]> all = content(id, 200);
    assertThat(all.getResponseBody()).isEqualTo(whole);
    assertThat(all.getResponseHeaders().getContentLength()).isEqualTo(whole.length);
    EntityExchangeResult<byte[]> part = content(id, 206, "Range", "bytes=1048570-2097160");
    assertThat(part.getResponseBody()).isEqualTo(Arrays.copyOfRange(whole, 1048570, 2097161));
    assertThat(part.getResponseHeaders().getFirst("Content-Range"))
        .isEqualTo("bytes 1048570-2097160/" + whole.length);
    assertThat(content(id, 206, "Range", "bytes=-2").getResponseBody())
        .isEqualTo(Arrays.copyOfRange(whole, whole.length - 2, whole.length));
    assertThat(
            content(id, 416, "Range", "bytes=" + whole.length + "-")
                .getResponseHeaders()
                .getFirst("Content-Range"))
        .isEqualTo("bytes */" + whole.length);
    content(id, 304, "If-None-Match", String.valueOf(all.getResponseHeaders().getETag()));
    assertThat(
            client
                .method(HttpMethod.HEAD)
                .uri("/v1/files/{id}/content", id)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .isEmpty()
                .getResponseHeaders()
                .getContentLength())
        .isEqualTo(whole.length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bytes=2-4 | 206 | bytes 2-4/10",
        "BYTES=0-1 | 206 | bytes 0-1/10",
        "bytes=8-99999999999999999999 | 206 | bytes 8-9/10",
        "bytes=-99999999999999999999 | 206 | bytes 0-9/10",
        "bytes=00000000000000000000008- | 206 | bytes 8-9/10",
        "bytes= 3-3, | 206 | bytes 3-3/10",
        "bytes=99999999999999999999- | 416 | bytes */10",
        "bytes=99999999999999999999-99999999999999999999 | 416 | bytes */10",
        "bytes=10-12 | 416 | bytes */10",
        "bytes=-0 | 416 | bytes */10",
        "bytes=4-2 | 200 |",
        "bytes=0-1,3-4 | 200 |",
        "bytes=a-b | 200 |",
        "bytes=- | 200 |",
        "bytes=+1-2 | 200 |",
        "lines=0-1 | 200 |",
      })
  void aRangeIsReadAsTheStandardHasIt(String range, int status, @Nullable String given) {
    String id = upload(bytes(10), "vision").path("id").asString("");
    EntityExchangeResult<byte[]> answer = content(id, status, "Range", range);
    assertThat(answer.getResponseHeaders().getFirst("Content-Range")).isEqualTo(given);
    if (status == 200) {
      assertThat(answer.getResponseBody()).isEqualTo(bytes(10));
    }
  }

  @Test
  void aRangeOfAnotherVersionOrOfNoBodyIsNotLookedAt() {
    String id = upload(bytes(10), "vision").path("id").asString("");
    String tag = String.valueOf(content(id, 200).getResponseHeaders().getETag());
    assertThat(content(id, 206, "Range", "bytes=-2", "If-Range", tag).getResponseBody()).hasSize(2);
    for (String other :
        List.of("\"other\"", "W/" + tag, "Wed, 21 Oct 2026 07:28:00 GMT", "*", tag + ", " + tag)) {
      assertThat(content(id, 200, "Range", "bytes=-2", "If-Range", other).getResponseBody())
          .as(other)
          .hasSize(10);
      assertThat(content(id, 200, "Range", "bytes=99-", "If-Range", other).getResponseBody())
          .as(other)
          .hasSize(10);
    }
    client
        .method(HttpMethod.HEAD)
        .uri("/v1/files/{id}/content", id)
        .header("Range", "bytes=-2")
        .exchange()
        .expectStatus()
        .isOk()
        .expectHeader()
        .contentLength(10);
  }

  @Test
  void theListIsReadPageByPage() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      made.add(upload(bytes(10 + i), i == 2 ? "vision" : "batch").path("id").asString(""));
    }
    List<String> seen = new ArrayList<>();
    String after = "";
    boolean more = true;
    while (more) {
      JsonNode page = get("/v1/files?order=asc&limit=2" + after);
      page.path("data").forEach(file -> seen.add(file.path("id").asString("")));
      assertThat(page.path("last_id").asString("")).isEqualTo(seen.get(seen.size() - 1));
      after = "&after=" + page.path("last_id").asString("");
      more = page.path("has_more").asBoolean();
    }
    assertThat(seen).isEqualTo(made);
    JsonNode newest = get("/v1/files");
    assertThat(newest.path("first_id").asString("")).isEqualTo(made.get(4));
    assertThat(newest.path("has_more").asBoolean()).isFalse();
    assertThat(get("/v1/files?purpose=vision").path("last_id").asString("")).isEqualTo(made.get(2));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aFileThatIsOneByteTooLargeLeavesNothing(boolean purposeFirst) {
    ResponseSpec answer =
        post(
            form -> {
              if (purposeFirst) {
                form.field("purpose", "batch");
              }
              form.file(bytes(BATCH_LIMIT + 1));
              if (!purposeFirst) {
                form.field("purpose", "batch");
              }
            });
    refused(answer, 413, "file_too_large");
    assertThat(rows()).isZero();
    assertThat(upload(bytes(BATCH_LIMIT), "batch").path("bytes").asInt()).isEqualTo(BATCH_LIMIT);
  }

  @Test
  void anUploadThatBreaksOffLeavesNothing() throws Exception {
    String head =
        "POST /v1/files HTTP/1.1\r\nHost: here\r\nX-OmniMamba-Internal-Token: "
            + TestService.TOKEN
            + "\r\nX-OmniMamba-Tenant: "
            + tenant
            + "\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 2200000\r\n\r\n"
            + "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\n";
    try (Socket socket = new Socket("127.0.0.1", service.port())) {
      socket.getOutputStream().write(head.getBytes(US_ASCII));
      socket.getOutputStream().write(bytes(1_500_000));
      socket.getOutputStream().flush();
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          service
                              .database()
                              .number(
                                  "SELECT coalesce(sum(pieces), 0) FROM stored_file WHERE tenant = '"
                                      + tenant
                                      + "'"))
                      .isEqualTo(1));
      assertThat(get("/v1/files").path("data").size()).isZero();
    }
    await().untilAsserted(() -> assertThat(rows()).isZero());
  }

  @ParameterizedTest
  @CsvSource({
    "purpose, assistants, invalid_value",
    "expires_after[seconds], 3600, invalid_value",
    "colour, red, unknown_parameter",
  })
  void aFormWithAWrongPartIsRefused(String name, String value, String code) {
    refused(
        post(
            form -> {
              form.field(name, value);
              if (!name.equals("purpose")) {
                form.field("purpose", "batch");
              }
              form.file(bytes(10));
            }),
        400,
        code);
    assertThat(rows()).isZero();
  }

  @Test
  void aFormWithoutOneOfItsPartsIsRefused() {
    refused(post(form -> form.field("purpose", "batch")), 400, "missing_required_parameter");
    refused(post(form -> form.file(bytes(10))), 400, "missing_required_parameter");
    refused(
        post(
            form -> {
              form.field("purpose", "batch");
              form.file(bytes(0));
            }),
        400,
        "empty_file");
    refused(
        client.post().uri("/v1/files").bodyValue(Map.of("purpose", "batch")).exchange(),
        415,
        "unsupported_media_type");
    refused(
        client
            .post()
            .uri("/v1/files")
            .header("Content-Type", "multipart/form-data; boundary=x")
            .bodyValue("--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc")
            .exchange(),
        400,
        "invalid_multipart");
    assertThat(rows()).isZero();
  }

  @Test
  void oneFileTooManyIsRefused() {
    for (int i = 0; i < MOST_FILES; i++) {
      upload(bytes(10), "vision");
    }
    refused(
        post(
            form -> {
              form.field("purpose", "batch");
              form.file(bytes(10));
            }),
        400,
        "file_limit_exceeded");
  }

  @Test
  void anotherTenantsFileIsNotThere() {
    String id = upload(bytes(10), "vision").path("id").asString("");
    WebTestClient other = service.client("other");
    refused(other.get().uri("/v1/files/{id}", id).exchange(), 404, "not_found");
    refused(other.get().uri("/v1/files/{id}/content", id).exchange(), 404, "not_found");
    refused(other.delete().uri("/v1/files/{id}", id).exchange(), 404, "not_found");
    refused(client.get().uri("/v1/files/nothing").exchange(), 404, "not_found");
    assertThat(get("/v1/files/{id}", id).path("id").asString("")).isEqualTo(id);
  }

  @Test
  void aDeletedFileIsGone() {
    String id = upload(bytes(10), "vision").path("id").asString("");
    JsonNode gone = json(client.delete().uri("/v1/files/{id}", id).exchange(), 200);
    assertThat(gone.path("deleted").asBoolean()).isTrue();
    assertThat(gone.path("id").asString("")).isEqualTo(id);
    refused(client.delete().uri("/v1/files/{id}", id).exchange(), 404, "not_found");
    assertThat(rows()).isZero();
  }

  @Test
  void anExpiredFileIsGoneAndSoIsALostUpload() {
    JsonNode file =
        json(
            post(
                form -> {
                  form.field("expires_after[anchor]", "created_at");
                  form.field("expires_after[seconds]", "3600");
                  form.field("purpose", "vision");
                  form.file(bytes(10));
                }),
            200);
    assertThat(file.path("expires_at").asLong() - file.path("created_at").asLong()).isEqualTo(3600);
    String mine = " WHERE tenant = '" + tenant + "'";
    service.database().execute("UPDATE stored_file SET expires_at = queue_now()" + mine);
    refused(
        client.get().uri("/v1/files/{id}", file.path("id").asString("")).exchange(),
        404,
        "not_found");
    FileStore files = service.bean(FileStore.class);
    files.begin(tenant).block();
    service
        .database()
        .execute("UPDATE stored_file SET touched_at = queue_now() - interval '2 hours'" + mine);
    assertThat(rows()).isEqualTo(2);
    files.clean().block();
    assertThat(rows()).isZero();
  }
}
