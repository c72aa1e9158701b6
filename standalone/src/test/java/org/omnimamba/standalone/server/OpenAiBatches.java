package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.core.MultipartField;
import com.openai.core.ObjectMappers;
import com.openai.core.http.HttpResponse;
import com.openai.errors.NotFoundException;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import com.openai.models.responses.Response;
import com.openai.models.webhooks.UnwrapWebhookEvent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** OpenAI's Java client with files and batches. */
final class OpenAiBatches {
  private final OpenAIClient client;
  private final String model;

  OpenAiBatches(OpenAIClient client, String model) {
    this.client = client;
    this.model = model;
  }

  /** Uploads, polls, downloads, reads the event of the end, deletes. */
  void send(GatewayClient gateway) throws Exception {
    FileObject file =
        upload(IntStream.range(0, 6).mapToObj(this::request).collect(Collectors.joining("\n")));
    assertThat(file.filename()).isEqualTo("requests.jsonl");
    assertThat(client.files().list().data()).extracting(FileObject::id).contains(file.id());
    AtomicReference<String> id = new AtomicReference<>();
    UnwrapWebhookEvent event =
        OpenAiResponses.firstEvent(
            client,
            gateway,
            () -> id.set(create(file.id(), BatchCreateParams.Endpoint.V1_CHAT_COMPLETIONS).id()),
            "batch.completed",
            "batch.failed");
    assertThat(event.asBatchCompleted().validate().data().id()).isEqualTo(id.get());
    Batch batch = completed(id.get());
    assertThat(lines(batch.outputFileId().orElseThrow())).hasSize(5);
    List<JsonNode> refused = lines(batch.errorFileId().orElseThrow());
    assertThat(refused).hasSize(1);
    assertThat(refused.get(0).path("custom_id").asString()).isEqualTo("request-3");
    assertThat(client.files().delete(file.id()).deleted()).isTrue();
    assertThatThrownBy(() -> client.files().retrieve(file.id()))
        .isInstanceOf(NotFoundException.class);
  }

  /** A text, a picture and a refusal, all asked for as responses; the client reads them as such. */
  void sendResponses() throws IOException {
    FileObject file =
        upload(
            String.join(
                "\n",
                respond("text", "\"max_output_tokens\":2"),
                respond("picture", "\"tools\":[{\"type\":\"image_generation\"}]"),
                respond("search", "\"tools\":[{\"type\":\"web_search\"}]")));
    Batch batch =
        completed(create(file.id(), BatchCreateParams.Endpoint.V1_RESPONSES).id()).validate();
    List<Response> answers =
        lines(batch.outputFileId().orElseThrow()).stream().map(OpenAiBatches::response).toList();
    assertThat(answers.get(0).output().get(0).asMessage().content().get(0).isOutputText()).isTrue();
    assertThat(answers.get(1).output().get(0).isImageGenerationCall()).isTrue();
    JsonNode refusal = lines(batch.errorFileId().orElseThrow()).get(0);
    assertThat(refusal.path("custom_id").asString()).isEqualTo("search");
    assertThat(refusal.path("response").path("status_code").asInt()).isEqualTo(400);
  }

  private static Response response(JsonNode line) {
    String body = line.path("response").path("body").toString();
    try {
      return ObjectMappers.jsonMapper().readValue(body, Response.class).validate();
    } catch (IOException e) {
      throw new AssertionError(body, e);
    }
  }

  private FileObject upload(String requests) {
    return client
        .files()
        .create(
            FileCreateParams.builder()
                .file(
                    MultipartField.<InputStream>builder()
                        .value(new ByteArrayInputStream(requests.getBytes(StandardCharsets.UTF_8)))
                        .filename("requests.jsonl")
                        .build())
                .purpose(FilePurpose.BATCH)
                .build());
  }

  private Batch completed(String id) {
    return await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> client.batches().retrieve(id),
            batch -> batch.status().equals(Batch.Status.COMPLETED));
  }

  private Batch create(String file, BatchCreateParams.Endpoint endpoint) {
    return client
        .batches()
        .create(
            BatchCreateParams.builder()
                .inputFileId(file)
                .endpoint(endpoint)
                .completionWindow(BatchCreateParams.CompletionWindow._24H)
                .build());
  }

  private String request(int index) {
    return ("{\"custom_id\":\"request-%d\",\"method\":\"POST\",\"url\":\"/v1/chat/completions\","
            + "\"body\":{\"model\":\"%s\",\"max_completion_tokens\":2,\"temperature\":%d,"
            + "\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}}")
        .formatted(index, model, index == 3 ? 99 : 0);
  }

  private String respond(String id, String more) {
    return ("{\"custom_id\":\"%s\",\"method\":\"POST\",\"url\":\"/v1/responses\","
            + "\"body\":{\"model\":\"%s\",\"input\":\"a red apple\",%s}}")
        .formatted(id, model, more);
  }

  private List<JsonNode> lines(String file) throws IOException {
    try (HttpResponse content = client.files().content(file)) {
      return new String(content.body().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .<JsonNode>map(GatewayClient.JSON::readTree)
          .toList();
    }
  }
}
