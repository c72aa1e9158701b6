package org.omnimamba.inference.http;

import static org.omnimamba.inference.http.BadRequest.CHAT;
import static org.omnimamba.inference.http.BadRequest.IMAGES;

import org.junit.jupiter.api.Test;

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
         "temperature":null,"stop":null,"stream":null,"stream_options":null}
        """
            .formatted(TestServer.MODEL));
    SERVER.ok(
        IMAGES,
        """
        {"model":"%s","prompt":"x","user":"u1","quality":"auto","background":"auto",
         "moderation":"low","size":"auto","n":null,"style":null}
        """
            .formatted(TestServer.MODEL));
  }
}
