package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.omnimamba.inference.http.BadRequest.CHAT;
import static org.omnimamba.inference.http.BadRequest.IMAGES;

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
    SERVER.ok(
        CHAT, "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"max_tokens\":3000000000}");
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
        "\"quality\":\"standard\",\"style\":\"natural\"",
        "\"quality\":\"low\"",
        "\"quality\":\"medium\",\"background\":\"opaque\"",
        "\"quality\":\"high\",\"moderation\":\"low\"",
        "\"output_format\":\"png\",\"output_compression\":100,\"partial_images\":0",
        "\"output_format\":\"jpeg\",\"output_compression\":0",
      })
  void picturesAreDrawnWhateverQualityIsAskedFor(String fields) {
    String body = "{\"prompt\":\"a cat\",\"seed\":3,\"return_token_ids\":true%s}";
    JsonNode drawn = SERVER.ok(IMAGES, body.formatted("," + fields)).get("data").get(0);
    JsonNode plain = SERVER.ok(IMAGES, body.formatted("")).get("data").get(0);
    assertThat(drawn.get("token_ids")).isEqualTo(plain.get("token_ids"));
  }
}
