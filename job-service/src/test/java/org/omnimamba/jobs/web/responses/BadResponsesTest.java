package org.omnimamba.jobs.web.responses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.omnimamba.jobs.web.responses.Responses.get;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Requests for a response that are refused, each with the member that is wrong. */
class BadResponsesTest {
  private final TestService service = TestService.shared();
  private final FakeInference inference = service.inference();
  private final WebTestClient client = service.client("bad-responses");

  @BeforeEach
  void reset() {
    inference.reset();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"input": "x"}                                                           | model
          {"model": "m"}                                                           | input
          {"model": 5, "input": "x"}                                               | model
          {"model": "m", "input": []}                                              | input
          {"model": "m", "input": 5}                                               | input
          {"model": "m", "input": [{"role": "judge", "content": "x"}]}             | input[0].role
          {"model": "m", "input": [{"type": "item_reference", "id": "x"}]}         | input[0].type
          {"model": "m", "input": [{"role": "user", "content": []}]}               | input[0].content
          {"model": "m", "input": [{"role": "user", "content": [{"type": "input_file"}]}]} | input[0].content[0].type
          {"model": "m", "input": [{"role": "user", "content": [{"type": "input_image", "file_id": "f"}]}]} | input[0].content[0].file_id
          {"model": "m", "input": [{"role": "assistant", "content": [{"type": "input_image", "image_url": "f"}]}]} | input[0].content[0]
          {"model": "m", "input": "x", "tools": [{"type": "function", "name": "f"}]} | tools[0].type
          {"model": "m", "input": "x", "tools": [{"type": "web_search"}]}          | tools[0].type
          {"model": "m", "input": "x", "tools": [{"type": "image_generation", "input_image_mask": {"file_id": "f"}}]} | tools[0].input_image_mask
          {"model": "m", "input": "x", "tools": [{"type": "image_generation", "action": "edit"}]} | tools[0].action
          {"model": "m", "input": "x", "tools": [{"type": "image_generation", "partial_images": 9}]} | tools[0].partial_images
          {"model": "m", "input": "x", "stream": true, "tools": [{"type": "image_generation", "partial_images": -1}]} | tools[0].partial_images
          {"model": "m", "input": "x", "background": true, "tools": [{"type": "image_generation", "partial_images": "2"}]} | tools[0].partial_images
          {"model": "m", "input": "x", "tools": [{"type": "image_generation", "partial_images": 1000000000000000000000000000000}]} | tools[0].partial_images
          {"model": "m", "input": "x", "max_output_tokens": 0}                     | max_output_tokens
          {"model": "m", "input": "x", "max_output_tokens": -1000000000000000000000000000000} | max_output_tokens
          {"model": "m", "input": "x", "max_output_tokens": "5"}                   | max_output_tokens
          {"model": "m", "input": "x", "max_output_tokens": 1.5, "background": true} | max_output_tokens
          {"model": "m", "input": "x", "max_output_tokens": 0, "tools": [{"type": "image_generation"}]} | max_output_tokens
          {"model": "m", "input": "x", "tool_choice": {"type": "function", "name": "f"}} | tool_choice
          {"model": "m", "input": "x", "tool_choice": "required"}                  | tool_choice
          {"model": "m", "input": " ", "tools": [{"type": "image_generation"}]}    | input
          {"model": "m", "input": "x", "reasoning": {"effort": "high"}}            | reasoning
          {"model": "m", "input": "x", "conversation": "conv_1"}                   | conversation
          {"model": "m", "input": "x", "include": ["reasoning.encrypted_content"]} | include
          {"model": "m", "input": "x", "prompt": {"id": "p"}}                      | prompt
          {"model": "m", "input": "x", "top_logprobs": 2}                          | top_logprobs
          {"model": "m", "input": "x", "store": "yes"}                             | store
          {"model": "m", "input": "x", "store": false, "background": true}         | store
          {"model": "m", "input": "x", "metadata": {"a": 5}}                       | metadata
          {"model": "m", "input": "x", "text": {"verbosity": "low"}}               | text.verbosity
          {"model": "m", "input": "x", "stream_options": {"include_usage": true}}  | stream_options.include_usage
          {"model": "m", "input": "x", "previous_response_id": "chatcmpl-1"}       | previous_response_id
          {"model": "m", "input": [{"role": "user", "content": "\\ud800"}]}         | input[0].content
          """)
  void refusesByName(String body, String param) {
    client
        .post()
        .uri("/v1/responses")
        .header("Content-Type", "application/json")
        .bodyValue(body)
        .exchange()
        .expectStatus()
        .isBadRequest()
        .expectBody()
        .jsonPath("$.error.param")
        .isEqualTo(param)
        .jsonPath("$.error.type")
        .isEqualTo("invalid_request_error")
        .jsonPath("$.error.code")
        .isNotEmpty();
    assertThat(inference.received()).isEmpty();
  }

  @Test
  void answersBadBodiesInOpenAiShape() {
    for (String body : List.of("{", "[]", "{\"model\":\"m\",\"model\":\"m\"}", "\"x\"")) {
      byte[] answer =
          client
              .post()
              .uri("/v1/responses")
              .header("Content-Type", "application/json")
              .bodyValue(body)
              .exchange()
              .expectStatus()
              .isBadRequest()
              .expectBody()
              .returnResult()
              .getResponseBodyContent();
      JsonNode error = new JsonMapper().readTree(answer).path("error");
      assertThat(error.properties())
          .extracting(Map.Entry::getKey)
          .as(body)
          .containsExactlyInAnyOrder("message", "type", "param", "code");
    }
    for (String id : List.of("resp_1", "resp_" + "0".repeat(32), "chatcmpl-1")) {
      assertThat(get(client, id, 404).path("error").path("code").stringValue())
          .isEqualTo("not_found");
    }
  }
}
