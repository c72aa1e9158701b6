package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import com.openai.core.http.Headers;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseInputImage;
import com.openai.models.responses.ResponseInputItem;
import com.openai.models.responses.ResponseInputText;
import com.openai.models.responses.ResponseRetrieveParams;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import com.openai.models.responses.Tool;
import com.openai.models.responses.ToolChoiceOptions;
import com.openai.models.webhooks.UnwrapWebhookEvent;
import com.openai.models.webhooks.WebhookVerificationParams;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/** What a program does with OpenAI's Responses and its Java client. */
final class OpenAiResponses {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final OpenAIClient client;
  private final String model;

  OpenAiResponses(OpenAIClient client, String model) {
    this.client = client;
    this.model = model;
  }

  private ResponseCreateParams.Builder ask(String input) {
    return ResponseCreateParams.builder()
        .model(model)
        .input(input)
        .temperature(0.0)
        .maxOutputTokens(6);
  }

  private static String text(Response response) {
    return response.output().get(0).asMessage().content().get(0).asOutputText().text();
  }

  /** Created, read, listed, gone on from, streamed, deleted. */
  void converse() {
    Response first = client.responses().create(ask("hello").build()).validate();
    assertThat(first.status())
        .hasValueSatisfying(
            status -> assertThat(status).isIn(ResponseStatus.COMPLETED, ResponseStatus.INCOMPLETE));
    assertThat(first.usage().orElseThrow().outputTokens()).isBetween(1L, 6L);
    assertThat(text(client.responses().retrieve(first.id()))).isEqualTo(text(first));
    assertThat(client.responses().inputItems().list(first.id()).data()).hasSize(1);

    List<ResponseStreamEvent> events = stream(ask("hello").build());
    assertThat(events.get(0).isCreated()).isTrue();
    String streamed =
        events.stream()
            .filter(ResponseStreamEvent::isOutputTextDelta)
            .map(event -> event.asOutputTextDelta().delta())
            .collect(Collectors.joining());
    assertThat(streamed).isEqualTo(text(first));

    Response second =
        client.responses().create(ask("and then?").previousResponseId(first.id()).build());
    assertThat(second.validate().previousResponseId()).contains(first.id());
    assertThat(second.usage().orElseThrow().inputTokens())
        .isGreaterThan(first.usage().orElseThrow().inputTokens());

    client.responses().delete(first.id());
    assertThatThrownBy(() -> client.responses().retrieve(first.id()))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> client.responses().create(ask("hello").temperature(99.0).build()))
        .isInstanceOfSatisfying(
            BadRequestException.class,
            refusal -> assertThat(refusal.param()).contains("temperature"));
  }

  /** A picture drawn by the tool, and a question about it. */
  void draw() {
    Response drawn =
        client
            .responses()
            .create(ask("a red apple").addTool(Tool.ImageGeneration.builder().build()).build())
            .validate();
    byte[] picture =
        Base64.getDecoder()
            .decode(drawn.output().get(0).asImageGenerationCall().result().orElseThrow());
    assertThat(picture).startsWith(0x89, 'P', 'N', 'G');
    Response after =
        client.responses().create(ask("what is it?").previousResponseId(drawn.id()).build());
    assertThat(text(after)).isNotNull();

    ResponseInputItem look =
        ResponseInputItem.ofMessage(
            ResponseInputItem.Message.builder()
                .role(ResponseInputItem.Message.Role.USER)
                .addContent(
                    ResponseInputImage.builder()
                        .detail(ResponseInputImage.Detail.AUTO)
                        .imageUrl(
                            "data:image/png;base64," + Base64.getEncoder().encodeToString(picture))
                        .build())
                .addContent(ResponseInputText.builder().text("what is it?").build())
                .build());
    Response same =
        client.responses().create(ask("").inputOfResponse(List.of(look)).build()).validate();
    assertThat(text(same)).isEqualTo(text(after));
  }

  /** A background response that is polled, streamed again from the middle, and one cancelled. */
  void leaveInTheBackground() {
    Response queued = client.responses().create(ask("hello").background(true).build());
    Response ended = await().atMost(PATIENCE).until(() -> read(queued), OpenAiResponses::hasEnded);
    assertThat(text(ended.validate()))
        .isEqualTo(text(client.responses().create(ask("hello").build())));

    List<ResponseStreamEvent> all = streamAgain(queued.id(), -1);
    assertThat(all.get(0).isCreated()).isTrue();
    assertThat(all.get(1).isQueued()).isTrue();
    List<ResponseStreamEvent> rest = streamAgain(queued.id(), 3);
    assertThat(rest).isEqualTo(all.subList(4, all.size()));
    assertThatThrownBy(() -> streamAgain(queued.id(), 100)).isInstanceOf(BadRequestException.class);

    List<ResponseStreamEvent> live =
        stream(
            ask("a red apple")
                .background(true)
                .addTool(Tool.ImageGeneration.builder().build())
                .toolChoice(ToolChoiceOptions.REQUIRED)
                .build());
    assertThat(live.get(live.size() - 1).isCompleted()).isTrue();

    Response cancelled =
        client
            .responses()
            .cancel(client.responses().create(ask("hello").background(true).build()).id());
    Response last =
        await().atMost(PATIENCE).until(() -> read(cancelled), OpenAiResponses::hasEnded);
    assertThat(last.validate().error()).isEmpty();
  }

  private Response read(Response response) {
    return client.responses().retrieve(response.id());
  }

  private static boolean hasEnded(Response response) {
    return response
        .status()
        .filter(s -> !s.equals(ResponseStatus.QUEUED) && !s.equals(ResponseStatus.IN_PROGRESS))
        .isPresent();
  }

  private List<ResponseStreamEvent> stream(ResponseCreateParams request) {
    try (StreamResponse<ResponseStreamEvent> events = client.responses().createStreaming(request)) {
      return events.stream().map(ResponseStreamEvent::validate).toList();
    }
  }

  private List<ResponseStreamEvent> streamAgain(String id, long after) {
    try (StreamResponse<ResponseStreamEvent> events =
        client
            .responses()
            .retrieveStreaming(
                ResponseRetrieveParams.builder().responseId(id).startingAfter(after).build())) {
      return events.stream().map(ResponseStreamEvent::validate).toList();
    }
  }

  /** The client reads the event that tells a response's end. */
  void unwrapItsEvent(GatewayClient gateway) throws Exception {
    AtomicReference<String> queued = new AtomicReference<>();
    UnwrapWebhookEvent event =
        firstEvent(
            client,
            gateway,
            () -> queued.set(client.responses().create(ask("hello").background(true).build()).id()),
            "response.completed",
            "response.incomplete");
    assertThat(event.isResponseCompleted() || event.isResponseIncomplete()).isTrue();
    String id =
        event.isResponseCompleted()
            ? event.asResponseCompleted().validate().data().id()
            : event.asResponseIncomplete().validate().data().id();
    assertThat(id).isEqualTo(queued.get());
  }

  /** What the client makes of the first message of these types that comes after the work began. */
  static UnwrapWebhookEvent firstEvent(
      OpenAIClient client, GatewayClient gateway, Runnable work, String... types) throws Exception {
    WebhookMessage message = WebhookMessage.first(gateway, work, types);
    Headers.Builder headers = Headers.builder();
    message.headers().forEach(headers::put);
    return client
        .webhooks()
        .unwrap(
            WebhookVerificationParams.builder()
                .payload(message.body())
                .headers(headers.build())
                .secret(message.secret())
                .build());
  }
}
