package org.omnimamba.inference.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Chat over HTTP with the real tiny model. */
class ChatTest {
  private static final TestServer SERVER = TestServer.shared();
  private static final String CHAT = "/v1/chat/completions";

  /** [mmu][soi] and 16 image places. */
  private static final int PICTURE_END = 18;

  static List<Oracle.Answer> oracle() {
    return Oracle.answers();
  }

  @ParameterizedTest
  @MethodSource("oracle")
  void greedyAnswersAreTheReferences(Oracle.Answer expected) {
    JsonNode answer = SERVER.ok(CHAT, greedy(expected, ""));
    JsonNode choice = answer.get("choices").get(0);
    assertThat(Oracle.ids(choice.get("token_ids"))).isEqualTo(expected.ids());
    boolean ended = expected.ids().get(expected.ids().size() - 1) == 0;
    assertThat(choice.get("finish_reason").stringValue()).isEqualTo(ended ? "stop" : "length");
    assertThat(answer.get("object").stringValue()).isEqualTo("chat.completion");
    assertThat(answer.get("model").stringValue()).isEqualTo(TestServer.MODEL);
    JsonNode message = choice.get("message");
    assertThat(message.get("role").stringValue()).isEqualTo("assistant");
    assertThat(message.get("content").stringValue()).isNotEmpty().doesNotContain("<|endoftext|>");
    JsonNode usage = answer.get("usage");
    int completion = expected.ids().size();
    assertThat(usage.get("completion_tokens").intValue()).isEqualTo(completion);
    // 4 frame ids, 16 image places and the text
    assertThat(usage.get("prompt_tokens").intValue()).isGreaterThan(20);
    assertThat(usage.get("total_tokens").intValue())
        .isEqualTo(usage.get("prompt_tokens").intValue() + completion);
  }

  @ParameterizedTest
  @MethodSource("oracle")
  void aStreamSaysTheSameAsAWholeAnswer(Oracle.Answer expected) {
    JsonNode whole = SERVER.ok(CHAT, greedy(expected, ",\"logprobs\":true,\"top_logprobs\":3"));
    List<Sse.Event> events =
        Sse.events(
            SERVER.send(
                SERVER.post(
                    CHAT,
                    greedy(
                        expected,
                        ",\"logprobs\":true,\"top_logprobs\":3,\"stream\":true,"
                            + "\"stream_options\":{\"include_usage\":true}"))));
    assertThat(events.get(events.size() - 1).data()).isEqualTo("[DONE]");
    List<JsonNode> chunks =
        events.subList(0, events.size() - 1).stream().map(Sse.Event::json).toList();
    StringBuilder text = new StringBuilder();
    List<Integer> ids = new ArrayList<>();
    List<JsonNode> logprobs = new ArrayList<>();
    String finish = null;
    for (JsonNode chunk : chunks) {
      assertThat(chunk.get("object").stringValue()).isEqualTo("chat.completion.chunk");
      for (JsonNode choice : chunk.get("choices")) {
        text.append(choice.get("delta").path("content").asString(""));
        choice.path("token_ids").forEach(id -> ids.add(id.intValue()));
        choice.path("logprobs").path("content").forEach(logprobs::add);
        finish =
            choice.get("finish_reason").isNull()
                ? finish
                : choice.get("finish_reason").stringValue();
      }
    }
    JsonNode choice = whole.get("choices").get(0);
    assertThat(chunks.get(0).get("choices").get(0).get("delta").get("role").stringValue())
        .isEqualTo("assistant");
    assertThat(chunks.get(0).at("/choices/0/logprobs/content").isArray()).isTrue();
    assertThat(ids).isEqualTo(expected.ids());
    assertThat(text).hasToString(choice.get("message").get("content").stringValue());
    assertThat(finish).isEqualTo(choice.get("finish_reason").stringValue());
    assertThat(logprobs)
        .isEqualTo(elements(choice.get("logprobs").get("content")))
        .hasSize(expected.ids().size() - (finish.equals("stop") ? 1 : 0));
    JsonNode last = chunks.get(chunks.size() - 1);
    assertThat(last.get("choices")).isEmpty();
    // the picture was asked about just now
    assertThat(last.get("usage").at("/prompt_tokens_details/cached_tokens").intValue())
        .isEqualTo(PICTURE_END);
    for (String count : List.of("prompt_tokens", "completion_tokens", "total_tokens")) {
      assertThat(last.get("usage").get(count)).isEqualTo(whole.get("usage").get(count));
    }
    assertThat(chunks.subList(0, chunks.size() - 1)).allMatch(chunk -> chunk.get("usage").isNull());
  }

  private static String greedy(Oracle.Answer expected, String more) {
    return """
    {"messages":[{"role":"user","content":[
       {"type":"text","text":%s},
       {"type":"image_url","image_url":{"url":"%s"}}]}],
     "temperature":0,"max_completion_tokens":%d,"return_token_ids":true%s}
    """
        .formatted(
            TestServer.quoted(expected.question()),
            Photos.dataUri(expected.photo()),
            expected.maxTokens(),
            more);
  }

  private static List<JsonNode> elements(JsonNode array) {
    List<JsonNode> nodes = new ArrayList<>();
    array.forEach(nodes::add);
    return nodes;
  }

  @Test
  void withoutAPictureTheTextOnlyLayoutIsUsed() {
    JsonNode answer = SERVER.ok(CHAT, text("What is in the image?", "\"temperature\":0"));
    // the layout keeps the image's 16 places: 4 + 16 + 19 ids of text
    assertThat(answer.get("usage").get("prompt_tokens").intValue()).isEqualTo(39);
    assertThat(answer.at("/usage/prompt_tokens_details/cached_tokens").intValue()).isZero();
    assertThat(answer.get("choices").get(0).get("token_ids")).isNotEmpty();
  }

  @Test
  void logprobsTellEachTokenAndItsRivals() {
    JsonNode choice =
        choice(text("Hello", "\"temperature\":0,\"logprobs\":true,\"top_logprobs\":5"));
    JsonNode content = choice.get("logprobs").get("content");
    assertThat(content).hasSize(choice.get("token_ids").size());
    for (JsonNode token : content) {
      assertThat(token.get("top_logprobs")).hasSize(5);
      // greedy takes the most probable one
      assertThat(token.get("top_logprobs").get(0).get("logprob")).isEqualTo(token.get("logprob"));
      assertThat(token.get("logprob").doubleValue()).isNegative();
      assertThat(token.get("bytes").isArray()).isTrue();
    }
  }

  /** Put together, their bytes are the answer: the end token is none of its content. */
  @ParameterizedTest
  @MethodSource("oracle")
  void logprobsAreThoseOfTheContent(Oracle.Answer expected) {
    JsonNode choice = choice(greedy(expected, ",\"logprobs\":true"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (JsonNode token : choice.get("logprobs").get("content")) {
      assertThat(token.get("token").stringValue()).isNotEqualTo("<|endoftext|>");
      token.get("bytes").forEach(value -> bytes.write(value.intValue()));
    }
    assertThat(bytes.toString(UTF_8)).isEqualTo(content(choice));
  }

  @Test
  void aPictureAloneIsDescribed() {
    String photo = Photos.dataUri(Oracle.answers().get(0).photo());
    JsonNode described =
        choice(about(photo, "{\"type\":\"text\",\"text\":\"Describe the picture.\"},"));
    assertThat(choice(about(photo, ""))).isEqualTo(described);
    assertThat(choice(about(photo, "{\"type\":\"text\",\"text\":\" \"},"))).isEqualTo(described);
    assertThat(choice(about(photo, "{\"type\":\"text\",\"text\":\"What?\"},")))
        .isNotEqualTo(described);
  }

  @Test
  void thePictureMayBeAPlainString() {
    String photo = Photos.dataUri(Oracle.answers().get(0).photo());
    String object = about(photo, "{\"type\":\"text\",\"text\":\"What?\"},");
    String plain = object.replace("{\"url\":\"" + photo + "\"}", "\"" + photo + "\"");
    assertThat(plain).isNotEqualTo(object);
    assertThat(choice(plain)).isEqualTo(choice(object));
  }

  private static String about(String photo, String before) {
    return """
    {"messages":[{"role":"user","content":[%s
       {"type":"image_url","image_url":{"url":"%s"}}]}],
     "temperature":0,"max_tokens":12,"return_token_ids":true}
    """
        .formatted(before, photo);
  }

  @Test
  void aSeedRepeatsAnAnswerAndChoicesDiffer() {
    String body = text("Hello", "\"seed\":11,\"n\":3,\"temperature\":1.5");
    JsonNode first = SERVER.ok(CHAT, body).get("choices");
    assertThat(first).hasSize(3);
    assertThat(elements(first).stream().map(c -> c.get("token_ids")).distinct()).hasSize(3);
    assertThat(SERVER.ok(CHAT, body).get("choices")).isEqualTo(first);
    String one = text("Hello", "\"seed\":11,\"temperature\":1.5");
    assertThat(choice(one).get("token_ids")).isEqualTo(first.get(0).get("token_ids"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"temperature\":0.2",
        "\"temperature\":2,\"top_k\":1",
        "\"temperature\":2,\"top_p\":0.1",
        "\"temperature\":2,\"min_p\":1",
        "\"temperature\":2,\"repetition_penalty\":3"
      })
  void samplingFieldsReachTheSampler(String fields) {
    String common = "\"seed\":4,\"n\":8,";
    JsonNode plain = SERVER.ok(CHAT, text("Hello", common + "\"temperature\":2"));
    JsonNode changed = SERVER.ok(CHAT, text("Hello", common + fields));
    assertThat(changed.get("choices")).isNotEqualTo(plain.get("choices"));
  }

  @Test
  void topPOfZeroLeavesTheLikeliestTokenAlone() {
    JsonNode greedy = choice(text("Hello", "\"temperature\":0"));
    JsonNode narrow = choice(text("Hello", "\"temperature\":1,\"top_p\":0"));
    assertThat(narrow.get("token_ids")).isEqualTo(greedy.get("token_ids"));
  }

  @Test
  void aStopStringEndsTheAnswerBeforeIt() {
    String whole = content(choice(text("Hello", "\"temperature\":0")));
    String stop = whole.substring(whole.length() / 2, whole.length() / 2 + 2);
    String before = whole.substring(0, whole.indexOf(stop));
    JsonNode stopped =
        choice(text("Hello", "\"temperature\":0,\"stop\":" + TestServer.quoted(stop)));
    assertThat(content(stopped)).isEqualTo(before);
    assertThat(stopped.get("finish_reason").stringValue()).isEqualTo("stop");
    List<Sse.Event> events =
        Sse.events(
            SERVER.send(
                SERVER.post(
                    CHAT,
                    text(
                        "Hello",
                        "\"temperature\":0,\"stream\":true,\"stop\":[\"@@\","
                            + TestServer.quoted(stop)
                            + "]"))));
    String streamed =
        events.subList(0, events.size() - 1).stream()
            .map(e -> e.json().get("choices").get(0).get("delta").path("content").asString(""))
            .collect(Collectors.joining());
    assertThat(streamed).isEqualTo(before);
  }

  @Test
  void severalTurnsAreContinued() {
    String body =
        """
        {"messages":[
           {"role":"system","content":"Be brief."},
           {"role":"user","content":"Hello"},
           {"role":"assistant","content":"Hi"},
           {"role":"user","content":[{"type":"text","text":"And"},{"type":"text","text":"now?"}]}],
         "temperature":0,"max_tokens":5,"return_token_ids":true}
        """;
    JsonNode answer = SERVER.ok(CHAT, body);
    assertThat(answer.get("choices").get(0).get("token_ids")).hasSizeBetween(1, 5);
    JsonNode without =
        SERVER.ok(CHAT, body.replace("{\"role\":\"system\",\"content\":\"Be brief.\"},", ""));
    assertThat(answer.get("usage").get("prompt_tokens").intValue())
        .isGreaterThan(without.get("usage").get("prompt_tokens").intValue());
  }

  @Test
  void anOverLongPromptIsRefusedOrCutAndTold() {
    String question = "? ".repeat(2000);
    HttpResponse<String> refused =
        SERVER.send(SERVER.post(CHAT, text(question, "\"temperature\":0")));
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("context_length_exceeded", "1500");
    JsonNode cut = SERVER.ok(CHAT, text(question, "\"temperature\":0,\"truncation\":\"auto\""));
    int kept = cut.get("truncation").get("kept_tokens").intValue();
    assertThat(kept).isLessThanOrEqualTo(1500);
    assertThat(cut.get("truncation").get("prompt_tokens").intValue()).isGreaterThan(1500);
    assertThat(cut.get("usage").get("prompt_tokens").intValue()).isEqualTo(kept);
    assertThat(cut.get("choices").get(0).get("token_ids")).hasSize(12);
  }

  private static JsonNode choice(String body) {
    return SERVER.ok(CHAT, body).get("choices").get(0);
  }

  private static String content(JsonNode choice) {
    return choice.get("message").get("content").stringValue();
  }

  private static String text(String question, String more) {
    return """
    {"messages":[{"role":"user","content":%s}],"max_tokens":12,"return_token_ids":true,%s}
    """
        .formatted(TestServer.quoted(question), more);
  }
}
