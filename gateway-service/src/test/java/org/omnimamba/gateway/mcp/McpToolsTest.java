package org.omnimamba.gateway.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the tools ask of the API and make of its answers, over HTTP. */
class McpToolsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Queue<String> asked = new ConcurrentLinkedQueue<>();
  private static volatile String content = "";

  private static Upstream service;
  private static Gateway gateway;

  @BeforeAll
  static void start() {
    service =
        Upstream.start(
            routes ->
                routes
                    .post("/v1/chat/completions", McpToolsTest::answer)
                    .post("/v1/images/generations", McpToolsTest::answer));
    gateway = Gateway.start(service.url(), service.url());
  }

  @AfterAll
  static void stop() {
    gateway.close();
    service.close();
  }

  @Test
  void lookAsksForTheLikeliestAnswerAndGivesItsText() throws Exception {
    content = " a red apple\n";
    assertThat(look()).isEqualTo("a red apple");
    JsonNode request = JSON.readTree(asked.remove());
    assertThat(request.path("temperature").asInt(-1)).isZero();
    assertThat(request.at("/messages/0/content/0/text").asString()).isEqualTo("what?");
    assertThat(request.at("/messages/0/content/1/image_url/url").asString())
        .isEqualTo("data:;base64,AAAA");
  }

  @Test
  void anAnswerWithoutWordsIsToldInWords() throws Exception {
    content = "";
    assertThat(look()).isEqualTo(McpTools.NO_ANSWER);
    asked.remove();
  }

  private static Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response) {
    return response
        .header("Content-Type", "application/json")
        .sendString(
            request
                .receive()
                .aggregate()
                .asString()
                .doOnNext(asked::add)
                .flatMap(body -> Mono.just(answer())));
  }

  private static String answer() {
    return JSON.createObjectNode()
        .set(
            "choices",
            JSON.createArrayNode()
                .add(
                    JSON.createObjectNode()
                        .set("message", JSON.createObjectNode().put("content", content))))
        .toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"method\": \"tools/call\", \"params\": []",
        "\"method\": \"tools/call\", \"params\": {\"name\": \"look\", \"arguments\": []}",
        "\"method\": \"tools/call\", \"params\": {\"name\": \"look\", \"arguments\": \"x\"}",
        "\"method\": \"tools/call\"",
        "\"method\": \"initialize\"",
      })
  void parametersOfAnotherFormAreRefusedAsTheProtocolDoes(String members) throws Exception {
    HttpResponse<String> answer = send("{\"jsonrpc\": \"2.0\", \"id\": 7, " + members + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode message = JSON.readTree(answer.body());
    assertThat(message.path("id").asInt()).isEqualTo(7);
    assertThat(message.at("/error/code").asInt()).isEqualTo(-32602);
    assertThat(message.at("/error/message").asString()).contains("must be objects");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'name': 'paint' | Unknown tool: 'paint'. The tools are draw, look.",
        "'arguments': {} | name must be that of a tool: draw, look.",
        "'name': 5 | name must be that of a tool: draw, look.",
      })
  void anUnknownToolIsNamedWithThoseThatThereAre(String params, String message) throws Exception {
    HttpResponse<String> answer =
        send(
            "{\"jsonrpc\": \"2.0\", \"id\": 7, \"method\": \"tools/call\", \"params\": {"
                + params.replace('\'', '"')
                + "}}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode error = JSON.readTree(answer.body()).path("error");
    assertThat(error.path("code").asInt()).isEqualTo(-32602);
    assertThat(error.path("message").asString()).isEqualTo(message);
  }

  @Test
  void anArgumentThatIsNullIsAbsent() throws Exception {
    HttpResponse<String> drawn =
        call("draw", "{'prompt': 'x', 'n': null, 'seed': null, 'size': null}");
    assertThat(JSON.readTree(drawn.body()).at("/result/isError").asBoolean(true))
        .as(drawn.body())
        .isFalse();
    assertThat(JSON.readTree(asked.remove())).isEqualTo(JSON.readTree("{\"prompt\": \"x\"}"));

    content = "a cat";
    HttpResponse<String> seen = call("look", "{'image': 'AAAA', 'question': null}");
    assertThat(JSON.readTree(seen.body()).at("/result/content/0/text").asString())
        .isEqualTo("a cat");
    assertThat(JSON.readTree(asked.remove()).at("/messages/0/content/0/text").asString())
        .isEqualTo("Describe the picture.");

    HttpResponse<String> nothing = call("draw", "{'prompt': null}");
    JsonNode refused = JSON.readTree(nothing.body()).path("result");
    assertThat(refused.path("isError").asBoolean(false)).as(nothing.body()).isTrue();
    assertThat(refused.at("/content/0/text").asString()).contains("prompt");
  }

  private static HttpResponse<String> call(String tool, String arguments) throws Exception {
    return send(
        "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"tools/call\", \"params\": {\"name\": \""
            + tool
            + "\", \"arguments\": "
            + arguments.replace('\'', '"')
            + "}}");
  }

  private static HttpResponse<String> send(String message) throws Exception {
    return gateway.send(
        gateway
            .request("/mcp")
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(HttpRequest.BodyPublishers.ofString(message)));
  }

  private static String look() throws Exception {
    HttpResponse<String> answer =
        send(
            """
            {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "look",
             "arguments": {"image": "AAAA", "question": "what?"}}}
            """);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode result = JSON.readTree(answer.body()).path("result");
    assertThat(result.path("isError").asBoolean(true)).as(answer.body()).isFalse();
    return result.at("/content/0/text").asString();
  }
}
