package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.omnimamba.inference.http.BadRequest.CHAT;
import static org.omnimamba.inference.http.BadRequest.IMAGES;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Fields that OpenAI's clients send and that change nothing here. */
class HarmlessFieldsTest {
  private static final TestServer SERVER = TestServer.shared();

  @Test
  void harmlessFieldsAreIgnored() {
    SERVER.ok(
        CHAT,
        """
        {"model":"%s","messages":[{"role":"user","content":"Hi","name":"ann"}],"max_tokens":2,
         "user":"u1","metadata":{"a":"b"},"store":true,"frequency_penalty":0,"presence_penalty":0.0,
         "logit_bias":{},"tools":[],"tool_choice":"none","response_format":{"type":"text"},
         "service_tier":"auto","modalities":["text"],"safety_identifier":"x","beams":null,
         "prompt_cache_key":"k","prompt_cache_retention":"24h","parallel_tool_calls":false,
         "reasoning_effort":"low","verbosity":"medium","function_call":"auto","functions":[],
         "prediction":{"type":"content","content":"Hi"},"top_logprobs":null,"n":null,
         "seed":9223372036854775807,
         "temperature":null,"stop":null,"stream":null,"stream_options":null}
        """
            .formatted(TestServer.MODEL));
    for (String many : List.of("3000000000", "1" + "0".repeat(30))) {
      SERVER.ok(
          CHAT,
          "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":%s,\"top_k\":%s}"
              .formatted(many, many));
    }
    SERVER.ok(
        IMAGES,
        """
        {"model":"%s","prompt":"x","user":"u1","quality":"auto","background":"auto",
         "moderation":"low","size":"auto","n":null,"style":null}
        """
            .formatted(TestServer.MODEL));
  }

  /** What LangChain, LangChain4j and LibreChat send for the models of OpenAI. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"quality\":\"hd\",\"style\":\"vivid\"",
        "\"quality\":\"standard\",\"size\":\"1024x1024\"",
        "\"size\":\"1792x1024\"",
        "\"size\":\"256x256\"",
        "\"quality\":\"standard\",\"style\":\"natural\"",
        "\"quality\":\"low\"",
        "\"quality\":\"medium\",\"background\":\"opaque\"",
        "\"quality\":\"high\",\"moderation\":\"low\"",
        "\"output_format\":\"png\",\"output_compression\":100,\"partial_images\":0",
        "\"output_format\":\"jpeg\",\"output_compression\":0",
      })
  void picturesAreDrawnWhateverQualityAndSizeAreAskedFor(String fields) {
    String body = "{\"prompt\":\"a cat\",\"seed\":3,\"return_token_ids\":true%s}";
    JsonNode answer = SERVER.ok(IMAGES, body.formatted("," + fields));
    JsonNode plain = SERVER.ok(IMAGES, body.formatted(""));
    assertThat(answer.get("data").get(0).get("token_ids"))
        .isEqualTo(plain.get("data").get(0).get("token_ids"));
    assertThat(answer.get("size").stringValue()).as("as it was drawn").isEqualTo("64x64");
  }
}
