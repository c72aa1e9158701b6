package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.omnimamba.standalone.server.GatewayClient.JSON;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.omnimamba.web.usage.Usage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A key of a tenant that sends requests of all kinds, and what its answers said. */
final class Spender {
  static final Duration PATIENCE = Duration.ofMinutes(2);

  final GatewayClient client;
  private final String tenant;
  private final String key;
  private final String url;
  private final GatewayClient admin;
  private Usage said = Usage.NONE;

  /**
   * A new tenant with a new key.
   *
   * @param url of the gateway
   * @param admin makes the key and reads what is counted
   */
  Spender(String url, GatewayClient admin, String tenant) throws Exception {
    this.url = url;
    this.admin = admin;
    this.tenant = tenant;
    this.key =
        admin
            .postJson(
                "/admin/v1/keys",
                JSON.createObjectNode().put("name", tenant).put("tenant", tenant),
                201)
            .path("key")
            .asString();
    this.client = new GatewayClient(url, key);
  }

  String keyId() {
    return key.substring(0, 11);
  }

  /** Notes what an answer says of itself, under any of the names that there are for it. */
  void said(JsonNode usage, int pictures) {
    assertThat(usage.isObject()).as("usage of an answer: " + usage).isTrue();
    said =
        said.plus(
            new Usage(
                1,
                pictures,
                usage.path("prompt_tokens").asLong(0) + usage.path("input_tokens").asLong(0),
                usage.at("/prompt_tokens_details/cached_tokens").asLong(0)
                    + usage.at("/input_tokens_details/cached_tokens").asLong(0),
                usage.path("completion_tokens").asLong(0) + usage.path("output_tokens").asLong(0)));
  }

  JsonNode post(String path, JsonNode body) throws Exception {
    return client.postJson(path, body, 200);
  }

  /** So many of the answers that were noted came of one request. */
  void wereOneRequest(int answers) {
    said = said.plus(new Usage(1 - answers, 0, 0, 0, 0));
  }

  String key() {
    return key;
  }

  /** The sum of what was said. */
  Usage said() {
    return said;
  }

  /** Waits until exactly what was said is counted, and for this key; midnight may pass. */
  void expectCounted() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode rows =
                  admin
                      .getJson("/admin/v1/usage?group_by=tenant,key&tenant=" + tenant)
                      .path("data");
              assertThat(rows).as(rows.toString()).hasSize(1);
              assertThat(usage(rows.get(0))).isEqualTo(said);
              assertThat(rows.get(0).path("key").asString()).isEqualTo(keyId());
            });
  }

  /** The objects of a stream's events. */
  List<JsonNode> stream(String path, ObjectNode body) throws Exception {
    HttpResponse<byte[]> answer = client.post(path, body.put("stream", true));
    assertThat(answer.statusCode()).as(new String(answer.body())).isEqualTo(200);
    return new String(answer.body(), StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith("data:"))
        // the space after the colon is optional
        .map(line -> line.substring("data:".length()).strip())
        .filter(data -> data.startsWith("{"))
        .<JsonNode>map(JSON::readTree)
        .toList();
  }

  /** A job that has ended. */
  JsonNode job(String endpoint, ObjectNode body) throws Exception {
    ObjectNode request = JSON.createObjectNode().put("endpoint", endpoint);
    request.set("body", body);
    String id = client.postJson("/v1/jobs", request, 202).path("id").asString();
    return await()
        .atMost(PATIENCE)
        .until(
            () -> client.getJson("/v1/jobs/" + id),
            job -> !job.path("finished_at").isMissingNode() && !job.path("finished_at").isNull());
  }

  /** Uploads requests of a batch; the file's id. */
  String upload(String lines) throws Exception {
    String form =
        """
        --x\r
        Content-Disposition: form-data; name="purpose"\r
        \r
        batch\r
        --x\r
        Content-Disposition: form-data; name="file"; filename="requests.jsonl"\r
        \r
        %s\r
        --x--\r
        """
            .formatted(lines);
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url + "/v1/files"))
                    .header("Authorization", "Bearer " + key)
                    .header("Content-Type", "multipart/form-data; boundary=x")
                    .POST(HttpRequest.BodyPublishers.ofString(form))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body()).path("id").asString();
  }

  /** What an address about usage tells. */
  static Usage usage(JsonNode row) {
    return new Usage(
        row.path("requests").longValue(),
        row.path("pictures").longValue(),
        row.path("input_tokens").longValue(),
        row.path("cached_tokens").longValue(),
        row.path("output_tokens").longValue());
  }
}
