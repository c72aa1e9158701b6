package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.engine.EngineStatus;
import tools.jackson.databind.JsonNode;

/** Many requests at once get, each, what they get alone. */
class CompanyTest {
  private static final TestServer SERVER = TestServer.shared();
  private static final int REQUESTS = 24;

  @Test
  void concurrentRequestsGetTheIdsTheyGetAlone() {
    List<JsonNode> alone = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      alone.add(ids(SERVER.send(SERVER.post(path(i), body(i)))));
    }
    List<CompletableFuture<HttpResponse<String>>> together = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      together.add(SERVER.sendAsync(SERVER.post(path(i), body(i))));
    }
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(ids(together.get(i).join())).as("request %d", i).isEqualTo(alone.get(i));
    }
    await()
        .untilAsserted(
            () -> {
              EngineStatus status = SERVER.engine().status();
              assertThat(status.slotsInUse()).isZero();
              assertThat(status.sequences()).isZero();
              assertThat(status.outstandingTokens()).isZero();
            });
  }

  private static String path(int i) {
    return i % 2 == 0 ? "/v1/chat/completions" : "/v1/images/generations";
  }

  private static String body(int i) {
    if (i % 2 == 1) {
      return "{\"prompt\":\"a cat and %d dogs\",\"n\":%d,\"seed\":%d,\"return_token_ids\":true}"
          .formatted(i, 1 + i % 3, i);
    }
    return """
        {"messages":[{"role":"user","content":[{"type":"text","text":"%s"}%s]}],
         "max_tokens":%d,"seed":%d,"temperature":%s,"return_token_ids":true}
        """
        .formatted(
            "What is this? ".repeat(1 + i),
            i % 4 == 0
                ? ""
                : ",{\"type\":\"image_url\",\"image_url\":{\"url\":\""
                    + Photos.dataUri("photo-29x40.png")
                    + "\"}}",
            5 + i,
            i,
            i % 3 == 0 ? "0" : "1.1");
  }

  private static JsonNode ids(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode body = TestServer.json(response.body());
    return body.has("data") ? body.get("data") : body.get("choices");
  }
}
