package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Answers that are one of some texts, and what is added to logits, with the real tiny model. */
class StructuredAnswersTest {
  private static final TestServer SERVER = TestServer.shared();
  private static final String CHAT = "/v1/chat/completions";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'enum':['red','a \"b\"']} | \"red\" ; \"a \\\"b\\\"\"",
        "{'type':'boolean','description':'is it?'} | true ; false",
        "{'type':'object','properties':{'seen':{'type':'boolean'}},'required':['seen'],"
            + "'additionalProperties':false} | {\"seen\":true} ; {\"seen\":false}",
        "{'$defs':{'C':{'enum':['r','g'],'title':'C','type':'string'}},'type':'object',"
            + "'properties':{'c':{'$ref':'#/$defs/C'}},'required':['c'],"
            + "'additionalProperties':false} | {\"c\":\"r\"} ; {\"c\":\"g\"}",
      })
  void theAnswerIsAValueOfItsSchema(String schema, String values) {
    String format =
        "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":"
            + "{\"name\":\"answer\",\"strict\":true,\"schema\":"
            + schema.strip().replace('\'', '"').replace("\"a \"b\"\"", "\"a \\\"b\\\"\"")
            + "}}";
    List<String> possible = List.of(values.strip().split(" ; "));
    JsonNode choices =
        SERVER
            .ok(
                CHAT,
                text(format + ",\"max_completion_tokens\":40,\"n\":8,\"temperature\":2,\"seed\":3"))
            .get("choices");
    assertThat(choices).hasSize(8);
    for (JsonNode choice : choices) {
      assertThat(content(choice)).isIn(possible);
      assertThat(TestServer.json(content(choice))).isNotNull();
      assertThat(choice.get("finish_reason").stringValue()).isEqualTo("stop");
    }
  }

  @Test
  void theAnswerIsOneOfTheChoicesAndAStreamSaysTheSame() {
    String body =
        "\"structured_outputs\":{\"choice\":[\"no\",\"nope\",\"Yes, it is\"]},\"logprobs\":true,"
            + "\"top_logprobs\":1,\"temperature\":2,\"n\":8,\"seed\":";
    List<String> answers = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      JsonNode choices = SERVER.ok(CHAT, text(body + seed)).get("choices");
      List<String> whole = new ArrayList<>();
      for (JsonNode choice : choices) {
        StringBuilder tokens = new StringBuilder();
        choice
            .at("/logprobs/content")
            .forEach(token -> tokens.append(token.get("token").stringValue()));
        assertThat(tokens).hasToString(content(choice));
        whole.add(content(choice));
      }
      assertThat(streamed(text(body + seed + ",\"stream\":true"), 8)).isEqualTo(whole);
      answers.addAll(whole);
    }
    assertThat(answers).hasSize(24).isSubsetOf("no", "nope", "Yes, it is");
  }

  private static List<String> streamed(String body, int n) {
    List<StringBuilder> texts = IntStream.range(0, n).mapToObj(i -> new StringBuilder()).toList();
    List<Sse.Event> events = Sse.events(SERVER.send(SERVER.post(CHAT, body)));
    for (Sse.Event event : events.subList(0, events.size() - 1)) {
      for (JsonNode choice : event.json().get("choices")) {
        texts
            .get(choice.get("index").intValue())
            .append(choice.get("delta").path("content").asString(""));
      }
    }
    return texts.stream().map(StringBuilder::toString).toList();
  }

  @Test
  void aThousandChoicesAreTaken() {
    String choices =
        IntStream.range(0, 1000)
            .mapToObj("\"answer %d\""::formatted)
            .collect(Collectors.joining(","));
    assertThat(content(choice("\"structured_outputs\":{\"choice\":[" + choices + "]}")))
        .matches("answer \\d{1,3}");
  }

  @Test
  void aChoiceLongerThanTheLimitOfTokensIsCutAndSaysSo() {
    JsonNode cut = choice("\"structured_outputs\":{\"choice\":[\"" + "word ".repeat(100) + "\"]}");
    assertThat("word ".repeat(100)).startsWith(content(cut));
    assertThat(cut.get("finish_reason").stringValue()).isEqualTo("length");
  }

  /** What runs beside keeps its tokens: only the rows with choices are drawn on the host. */
  @Test
  void othersAreNotTouched() {
    String plain = text("\"temperature\":1,\"seed\":5,\"n\":2");
    JsonNode alone = SERVER.ok(CHAT, plain).get("choices");
    String guided =
        text("\"structured_outputs\":{\"choice\":[\"" + "ab ".repeat(4) + "\"]},\"n\":2");
    List<CompletableFuture<HttpResponse<String>>> all =
        List.of(
            SERVER.sendAsync(SERVER.post(CHAT, guided)),
            SERVER.sendAsync(SERVER.post(CHAT, plain)),
            SERVER.sendAsync(SERVER.post(CHAT, guided)));
    assertThat(TestServer.json(all.get(1).join().body()).get("choices")).isEqualTo(alone);
    assertThat(all.get(0).join().statusCode()).isEqualTo(200);
    assertThat(all.get(2).join().statusCode()).isEqualTo(200);
  }

  @Test
  void aBiasForcesOrForbidsTokens() {
    JsonNode forced = choice("\"temperature\":1,\"logit_bias\":{\"40\":100}");
    assertThat(Oracle.ids(forced.get("token_ids"))).hasSize(12).containsOnly(40);
    JsonNode plain = choice("\"temperature\":0");
    int first = plain.get("token_ids").get(0).intValue();
    JsonNode without = choice("\"temperature\":0,\"logit_bias\":{\"" + first + "\":-100}");
    assertThat(Oracle.ids(without.get("token_ids"))).isNotEmpty().doesNotContain(first);
  }

  @ParameterizedTest
  @ValueSource(strings = {"frequency_penalty", "presence_penalty"})
  void penaltiesReachTheSampler(String penalty) {
    String common = "\"temperature\":2,\"seed\":4,\"n\":8,\"" + penalty + "\":";
    JsonNode plain = SERVER.ok(CHAT, text(common + "0")).get("choices");
    assertThat(SERVER.ok(CHAT, text(common + "0")).get("choices")).isEqualTo(plain);
    assertThat(SERVER.ok(CHAT, text(common + "-2")).get("choices")).isNotEqualTo(plain);
  }

  private static JsonNode choice(String more) {
    return SERVER.ok(CHAT, text(more)).get("choices").get(0);
  }

  private static String content(JsonNode choice) {
    return choice.get("message").get("content").stringValue();
  }

  private static String text(String more) {
    return """
    {"messages":[{"role":"user","content":"Is it?"}],"max_tokens":12,"return_token_ids":true,%s}
    """
        .formatted(more);
  }
}
