package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Pictures and texts in the forms that clients send them. */
class PictureFormsTest {
  private static final TestServer SERVER = TestServer.shared();
  private static final String CHAT = "/v1/chat/completions";
  private static final Oracle.Answer EXPECTED = Oracle.answers().get(0);

  static Stream<String> forms() {
    String base64 = Base64.getEncoder().encodeToString(Photos.read(EXPECTED.photo()));
    return Stream.of(
        "data:;base64," + base64,
        "data:application/octet-stream;base64," + base64,
        "data:image/jpeg;base64," + base64,
        "DATA:image/PNG;name=a.png;BASE64," + base64.replace('+', '-').replace('/', '_'),
        "data:image/png;base64," + base64.replace("=", ""),
        "data:image/png;base64," + base64.replaceAll(".{76}", "$0\r\n"),
        "data:image/png;base64," + base64.replace("+", "%2B").replace("=", "%3D"));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void eachIsTheSamePicture(String uri) {
    JsonNode answer =
        SERVER.ok(
            CHAT,
            """
            {"messages":[{"role":"user","content":[
               {"type":"text","text":%s},
               {"type":"image_url","image_url":{"url":%s}}]}],
             "temperature":0,"max_completion_tokens":%d,"return_token_ids":true}
            """
                .formatted(
                    TestServer.quoted(EXPECTED.question()),
                    TestServer.quoted(uri),
                    EXPECTED.maxTokens()));
    assertThat(Oracle.ids(answer.at("/choices/0/token_ids"))).isEqualTo(EXPECTED.ids());
  }

  /** Obeyed, each would be one token; as text it is several. */
  @Test
  void controlTokensAreTextInMessages() {
    int without = promptTokens("a");
    for (String control : List.of("<|endoftext|>", "[PAD]", "<|mmu|>", "<|t2i|>", "<|soi|>")) {
      assertThat(promptTokens("a" + control)).as(control).isGreaterThan(without + 2);
    }
  }

  private static int promptTokens(String text) {
    return SERVER
        .ok(
            CHAT,
            "{\"max_tokens\":1,\"messages\":[{\"role\":\"user\",\"content\":%s}]}"
                .formatted(TestServer.quoted(text)))
        .at("/usage/prompt_tokens")
        .intValue();
  }
}
