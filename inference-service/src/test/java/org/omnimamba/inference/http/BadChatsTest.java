package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.omnimamba.inference.http.BadRequest.CHAT;
import static org.omnimamba.inference.http.BadRequest.SERVER;
import static org.omnimamba.inference.http.BadRequest.chat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Chat requests with a wrong field or a wrong conversation. */
class BadChatsTest {
  @AfterAll
  static void nothingIsHeld() {
    BadRequest.assertNothingIsHeld();
  }

  @TestFactory
  Stream<DynamicTest> eachGetsItsError() {
    return BadRequest.tests(
        Stream.of(chatFields(), answerForms(), messages()).flatMap(List::stream).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "\"n\":3000000000, from 1 to 8",
    "\"max_tokens\":-3000000000, at least 1",
    "\"top_k\":-3000000000, at least -1",
    "\"seed\":9223372036854775808, from -9223372036854775808 to 9223372036854775807",
    "\"temperature\":1e400, from 0 to 2",
  })
  void aNumberOutOfItsRangeIsToldTheRange(String field, String range) {
    String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]," + field + "}";
    assertThat(SERVER.send(SERVER.post(CHAT, body)).body()).contains(range);
  }

  private static List<BadRequest> chatFields() {
    return List.of(
        field("\"model\":\"gpt-5\"", 404, "model", "model_not_found"),
        field("\"model\":7", 400, "model", "invalid_type"),
        field("\"temperature\":\"hot\"", 400, "temperature", "invalid_type"),
        field("\"temperature\":\"1\"", 400, "temperature", "invalid_type"),
        field("\"temperature\":-0.1", 400, "temperature", "invalid_value"),
        field("\"temperature\":2.1", 400, "temperature", "invalid_value"),
        field("\"temperature\":1e400", 400, "temperature", "invalid_value"),
        field("\"top_p\":1.5", 400, "top_p", "invalid_value"),
        field("\"top_k\":-2", 400, "top_k", "invalid_value"),
        field("\"top_k\":1.5", 400, "top_k", "invalid_type"),
        field("\"min_p\":-1", 400, "min_p", "invalid_value"),
        field("\"repetition_penalty\":0", 400, "repetition_penalty", "invalid_value"),
        field("\"seed\":99999999999999999999", 400, "seed", "invalid_value"),
        field("\"seed\":1.5", 400, "seed", "invalid_type"),
        field("\"seed\":\"1\"", 400, "seed", "invalid_type"),
        field("\"max_tokens\":0", 400, "max_tokens", "invalid_value"),
        field("\"max_tokens\":-3000000000", 400, "max_tokens", "invalid_value"),
        field("\"max_tokens\":2.5", 400, "max_tokens", "invalid_type"),
        field("\"max_completion_tokens\":-1", 400, "max_completion_tokens", "invalid_value"),
        field("\"n\":0", 400, "n", "invalid_value"),
        field("\"n\":100", 400, "n", "invalid_value"),
        field("\"n\":3000000000", 400, "n", "invalid_value"),
        field("\"n\":-99999999999999999999", 400, "n", "invalid_value"),
        field("\"top_logprobs\":1e99,\"logprobs\":true", 400, "top_logprobs", "invalid_type"),
        field(
            "\"logprobs\":true,\"top_logprobs\":99999999999", 400, "top_logprobs", "invalid_value"),
        field("\"min_p\":1e999", 400, "min_p", "invalid_value"),
        field("\"stop\":[]", 400, "stop", "invalid_value"),
        field("\"stop\":\"\"", 400, "stop", "invalid_value"),
        field("\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", 400, "stop", "invalid_value"),
        field("\"stop\":[1]", 400, "stop", "invalid_value"),
        field("\"stream\":\"yes\"", 400, "stream", "invalid_type"),
        field("\"stream_options\":{}", 400, "stream_options", "invalid_value"),
        field("\"top_logprobs\":3", 400, "top_logprobs", "invalid_value"),
        field("\"logprobs\":true,\"top_logprobs\":21", 400, "top_logprobs", "invalid_value"),
        field("\"truncation\":\"middle\"", 400, "truncation", "invalid_value"),
        field("\"frequency_penalty\":2.1", 400, "frequency_penalty", "invalid_value"),
        field("\"frequency_penalty\":\"1\"", 400, "frequency_penalty", "invalid_type"),
        field("\"presence_penalty\":-2.1", 400, "presence_penalty", "invalid_value"),
        field("\"tools\":[{}]", 400, "tools", "unsupported_parameter"),
        field(
            "\"response_format\":{\"type\":\"json_object\"}",
            400,
            "response_format",
            "unsupported_parameter"),
        field("\"tool_choice\":\"required\"", 400, "tool_choice", "unsupported_parameter"),
        field("\"modalities\":[\"audio\"]", 400, "modalities", "unsupported_parameter"),
        field("\"audio\":{\"voice\":\"ash\"}", 400, "audio", "unsupported_parameter"),
        field("\"verbosity\":\"low\"", 400, "verbosity", "unsupported_parameter"),
        field("\"web_search_options\":{}", 400, "web_search_options", "unsupported_parameter"),
        field("\"user\":7", 400, "user", "invalid_type"),
        field("\"metadata\":\"x\"", 400, "metadata", "invalid_type"),
        field("\"store\":\"yes\"", 400, "store", "invalid_type"),
        field("\"parallel_tool_calls\":1", 400, "parallel_tool_calls", "invalid_type"),
        field("\"reasoning_effort\":3", 400, "reasoning_effort", "invalid_type"),
        field("\"prediction\":\"x\"", 400, "prediction", "invalid_type"),
        field("\"beams\":4", 400, "beams", "unsupported_parameter"),
        field("\"stop\":\"\\ud83c\"", 400, "stop", "invalid_value"),
        field("\"stop\":[\"a\",\"\\ude00x\"]", 400, "stop[1]", "invalid_value"),
        field("\"user\":\"\\udc00\\ud800\"", 400, "user", "invalid_value"),
        field("\"metadata\":{\"a\":\"\\ud800\"}", 400, "metadata.a", "invalid_value"));
  }

  private static List<BadRequest> answerForms() {
    return List.of(
        field("\"logit_bias\":{\"194\":1,\"50000\":1}", 400, "logit_bias.50000", "invalid_value"),
        field("\"logit_bias\":{\"-1\":3}", 400, "logit_bias.-1", "invalid_value"),
        field("\"logit_bias\":{\"dog\":3}", 400, "logit_bias.dog", "invalid_value"),
        field("\"logit_bias\":{\"5\":101}", 400, "logit_bias.5", "invalid_value"),
        field("\"logit_bias\":{\"5\":null}", 400, "logit_bias.5", "invalid_value"),
        field("\"logit_bias\":{\"5\":\"3\"}", 400, "logit_bias.5", "invalid_type"),
        field("\"logit_bias\":[3]", 400, "logit_bias", "invalid_type"),
        format("\"json\"", "", "invalid_type"),
        format("{}", "", "unsupported_parameter"),
        format("{\"type\":\"text\",\"x\":1}", ".x", "unsupported_parameter"),
        format("{\"type\":\"json_schema\"}", ".json_schema", "invalid_type"),
        schema("\"schema\":{\"type\":\"boolean\"}", ".name", "invalid_value"),
        schema("\"name\":\"a b\",\"schema\":{\"type\":\"boolean\"}", ".name", "invalid_value"),
        schema("\"name\":\"a\"", ".schema", "invalid_type"),
        schema(
            "\"name\":\"a\",\"strict\":1,\"schema\":{\"type\":\"boolean\"}",
            ".strict",
            "invalid_type"),
        value("{\"type\":\"string\"}", "", "unsupported_parameter"),
        value("{\"type\":\"integer\",\"enum\":[1]}", "", "unsupported_parameter"),
        value("{\"enum\":[1]}", ".enum", "unsupported_parameter"),
        value("{\"enum\":[]}", ".enum", "invalid_value"),
        value("{\"anyOf\":[]}", "", "unsupported_parameter"),
        value("{\"$ref\":\"#/$defs/none\"}", "", "unsupported_parameter"),
        value("{\"$ref\":\"#\"}", "", "unsupported_parameter"),
        value("{\"type\":\"object\"}", ".properties", "unsupported_parameter"),
        value(
            "{\"type\":\"object\",\"properties\":{\"a\":{\"enum\":[\"x\"]},\"b\":{}}}",
            ".properties",
            "unsupported_parameter"),
        value(
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"boolean\"}}}",
            ".required",
            "invalid_value"),
        value(
            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"boolean\"}},"
                + "\"required\":[\"a\"]}",
            ".additionalProperties",
            "invalid_value"),
        value("{\"enum\":[\"\u732b\"]}", "", "invalid_value"),
        choice("[]", "empty_array"),
        choice("[\"a\",\"\"]", "invalid_value"),
        choice("[null]", "invalid_value"),
        choice("[\"" + "a".repeat(70_000) + "\"]", "string_too_long"),
        choice("[" + "\"a\",".repeat(1000) + "\"b\"]", "array_too_long"),
        field(
            "\"structured_outputs\":{\"regex\":\"a*\"}",
            400,
            "structured_outputs.regex",
            "unsupported_parameter"),
        field("\"structured_outputs\":7", 400, "structured_outputs", "invalid_type"),
        field(
            "\"structured_outputs\":{\"choice\":[\"a\"]},\"stop\":\"a\"",
            400,
            "stop",
            "invalid_value"));
  }

  private static BadRequest choice(String choices, String code) {
    return field(
        "\"structured_outputs\":{\"choice\":" + choices + "}",
        400,
        "structured_outputs.choice",
        code);
  }

  private static BadRequest value(String schema, String param, String code) {
    return schema("\"name\":\"a\",\"strict\":true,\"schema\":" + schema, ".schema" + param, code);
  }

  private static BadRequest schema(String members, String param, String code) {
    return format(
        "{\"type\":\"json_schema\",\"json_schema\":{" + members + "}}",
        ".json_schema" + param,
        code);
  }

  private static BadRequest format(String format, String param, String code) {
    return field("\"response_format\":" + format, 400, "response_format" + param, code);
  }

  private static List<BadRequest> messages() {
    String user = "{\"role\":\"user\",\"content\":\"Hi\"}";
    return List.of(
        chat("no messages", "{}", 400, "messages", "missing_required_parameter"),
        conversation("", "messages", "empty_array"),
        conversation("null", "messages[0]", "invalid_value"),
        conversation("7", "messages[0]", "invalid_type"),
        conversation("{\"role\":\"user\"}", "messages[0].content", "missing_required_parameter"),
        conversation("{\"role\":\"user\",\"content\":5}", "messages[0].content", "invalid_type"),
        conversation(
            "{\"role\":\"user\",\"content\":\" \\n \"}", "messages[0].content", "empty_prompt"),
        conversation("{\"role\":\"user\",\"content\":[]}", "messages[0].content", "empty_prompt"),
        conversation(
            "{\"role\":\"user\",\"content\":[{\"type\":\"audio\"}]}",
            "messages[0].content[0].type",
            "invalid_value"),
        conversation(
            "{\"role\":\"user\",\"content\":[{\"text\":\"x\"}]}",
            "messages[0].content[0].type",
            "invalid_type"),
        conversation(
            "{\"role\":\"wizard\",\"content\":\"x\"}", "messages[0].role", "invalid_value"),
        conversation(
            "{\"role\":\"assistant\",\"content\":\"x\"}", "messages[0].role", "invalid_value"),
        conversation(user + "," + user, "messages[1].role", "invalid_value"),
        conversation(
            user + ",{\"role\":\"assistant\",\"content\":\"x\"}", "messages", "invalid_value"),
        conversation(
            user + ",{\"role\":\"system\",\"content\":\"x\"}", "messages[1].role", "invalid_value"),
        conversation(
            "{\"role\":\"user\",\"content\":\"x\",\"tool_calls\":[{}]}",
            "messages[0].tool_calls",
            "unsupported_parameter"),
        conversation(
            "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"x\",\"mood\":\"glad\"}]}",
            "messages[0].content[0].mood",
            "unsupported_parameter"),
        conversation(
            "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":"
                + "{\"url\":\"data:image/png;base64,AAAA\",\"crop\":1}}]}",
            "messages[0].content[0].image_url.crop",
            "unsupported_parameter"),
        conversation(
            "{\"role\":\"user\",\"content\":\"half \\ud83d a smile\"}",
            "messages[0].content",
            "invalid_value"),
        conversation(
            "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"\\ude00\"}]}",
            "messages[0].content[0].text",
            "invalid_value"),
        conversation(
            "{\"role\":\"\\ud83d\",\"content\":\"x\"}", "messages[0].role", "invalid_value"),
        conversation(
            String.join(",", java.util.Collections.nCopies(65, user)),
            "messages",
            "array_too_long"),
        conversation(
            "{\"role\":\"user\",\"content\":\"" + "a".repeat(40_000) + "\"}",
            "messages",
            "string_too_long"),
        conversation(
            "{\"role\":\"user\",\"content\":\"" + "? ".repeat(8_000) + "\"}",
            "messages",
            "context_length_exceeded"));
  }

  private static BadRequest field(String field, int status, String param, String code) {
    String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]," + field + "}";
    return new BadRequest(
        "field: " + field.substring(0, Math.min(field.length(), 90)),
        SERVER.post(CHAT, body),
        status,
        param,
        code);
  }

  private static BadRequest conversation(String messages, String param, String code) {
    String name = "messages: " + messages.substring(0, Math.min(messages.length(), 60));
    String body = "{\"messages\":[" + messages + "]}";
    return new BadRequest(name, SERVER.post(CHAT, body), 400, param, code);
  }
}
