package org.omnimamba.gateway.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.gateway.testing.Gateway;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Which messages are taken over HTTP: their headers, their form and their ids. */
class McpMessagesTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final String NOWHERE = "http://127.0.0.1:1";
  private static final String LIST =
      "{\"jsonrpc\": \"2.0\", \"id\": 7, \"method\": \"tools/list\"}";
  private static final String VERSION = "MCP-Protocol-Version";
  private static final String ORIGIN = "Origin";

  private static Gateway gateway;

  @BeforeAll
  static void start() {
    gateway =
        Gateway.start(
            NOWHERE,
            NOWHERE,
            "omnimamba.gateway.mcp.allowed-origins",
            "https://chat.example.com,http://localhost:3000");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"2025-03-26", "2025-06-18", "2025-11-25"})
  void versionsOfTheProtocolThatAreSpokenAreTaken(String version) throws Exception {
    assertThat(send(LIST, VERSION, version).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1999-01-01", "2099-01-01", "2025-06-18, 2025-06-18", "latest", ""})
  void anotherVersionIsRefusedWithTheOnesThatAreSpoken(String version) throws Exception {
    HttpResponse<String> answer = send(LIST, VERSION, version);
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .contains("unsupported_protocol_version", "2025-03-26, 2025-06-18, 2025-11-25");
  }

  @Test
  void aNotificationIsHeldToTheVersionToo() throws Exception {
    String initialized = "{\"jsonrpc\": \"2.0\", \"method\": \"notifications/initialized\"}";
    assertThat(send(initialized).statusCode()).isEqualTo(202);
    assertThat(send(initialized, VERSION, "1999-01-01").statusCode()).isEqualTo(400);
  }

  @Test
  void aVersionIsAgreedOnWhateverTheHeaderSays() throws Exception {
    HttpResponse<String> answer =
        send(
            """
            {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"protocolVersion":
             "2099-01-01", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}}
            """,
            VERSION,
            "2099-01-01");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(JSON.readTree(answer.body()).at("/result/protocolVersion").asString())
        .isEqualTo("2025-11-25");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example",
        "http://chat.example.com",
        "https://chat.example.com:8443",
        "https://chat.example.com.evil.example",
        "null",
      })
  void aPageThatIsNotAllowedSendsNothing(String origin) throws Exception {
    HttpResponse<String> answer = send(LIST, ORIGIN, origin);
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("origin_not_allowed", "mcp.allowed-origins");
  }

  @Test
  void aPageOfTheHostThatItsBrowserTakesForTheGatewayIsNotAllowedForThat() throws Exception {
    assertThat(send(LIST, ORIGIN, gateway.url()).statusCode()).isEqualTo(403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://chat.example.com", "http://localhost:3000"})
  void aPageThatIsAllowedSendsMessages(String origin) throws Exception {
    assertThat(send(LIST, ORIGIN, origin).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'id': 1.5, 'method': 'ping' | id must be a string or a whole number",
        "'id': 1e30, 'method': 'ping' | id must be a string or a whole number",
        "'id': 1000000000000000000000000000000, 'method': 'ping' | id must be a string or a whole",
        "'id': null, 'method': 'ping' | id must be a string or a whole number",
        "'id': true, 'method': 'ping' | id must be a string or a whole number",
        "'id': 1, 'method': null | method must be a string",
        "'method': null | method must be a string",
        "'id': 1, 'method': 5 | method must be a string",
        "'id': 1 | The message has no method",
      })
  void whatIsNoMessageIsRefusedByWhatIsWrong(String members, String reason) throws Exception {
    HttpResponse<String> answer =
        send("{\"jsonrpc\": \"2.0\", " + members.replace('\'', '"') + "}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("invalid_json_rpc", reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"1.0\"", "2.0", "null"})
  void anotherVersionOfJsonRpcIsNoMessage(String version) throws Exception {
    HttpResponse<String> answer =
        send("{\"jsonrpc\": " + version + ", \"id\": 7, \"method\": \"ping\"}");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("invalid_json_rpc", "jsonrpc must be");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a\"", "\"\"", "0", "-5", "9007199254740993"})
  void anAnswerHasTheIdOfItsRequest(String id) throws Exception {
    HttpResponse<String> answer =
        send("{\"jsonrpc\": \"2.0\", \"id\": " + id + ", \"method\": \"ping\"}");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(JSON.readTree(answer.body()).path("id").toString()).isEqualTo(id);
  }

  @Test
  void anAnswerOfAClientIsTakenAndUnknownMethodsAreNamed() throws Exception {
    assertThat(send("{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": {}}").statusCode())
        .isEqualTo(202);
    JsonNode unknown =
        JSON.readTree(send("{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"sing\"}").body());
    assertThat(unknown.at("/error/code").asInt()).isEqualTo(-32601);
    assertThat(unknown.at("/error/message").asString()).contains("sing");
  }

  private static HttpResponse<String> send(String message, String... headers) throws Exception {
    HttpRequest.Builder request =
        gateway
            .request("/mcp")
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(HttpRequest.BodyPublishers.ofString(message));
    return gateway.send(headers.length == 0 ? request : request.headers(headers));
  }
}
