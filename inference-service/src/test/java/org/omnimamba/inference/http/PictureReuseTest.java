package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.engine.EngineException;
import org.omnimamba.inference.engine.FakeSequence;
import org.omnimamba.inference.engine.GenerationRequest;
import org.omnimamba.inference.engine.PictureKey;
import org.omnimamba.inference.engine.PromptInput;
import org.omnimamba.inference.engine.RequestListener;
import org.omnimamba.inference.engine.Requester;
import org.omnimamba.inference.serving.ServedModel;
import org.omnimamba.model.generation.FinishReason;
import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.generation.TokenSequence;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.sampling.StepOutput;
import org.omnimamba.model.text.Prompt;
import org.omnimamba.model.text.Truncation;

/** With the real tiny model, an answer has the same bits wherever its picture's state came from. */
class PictureReuseTest {
  private static final String SERVICE = "application=\"inference-service\"";
  private static final String ONLY_HOST_MEMORY = "omnimamba.inference.pictures.device-slots=0";
  private static final String SHARED = "omnimamba.inference.pictures.shared=true";
  private static final String ONE_SLOT = "omnimamba.inference.pictures.device-slots=1";

  /** The picture ends between two multiples. */
  private static final String CHUNK = "omnimamba.inference.engine.prefill-chunk=16";

  private static final String PHOTO = "photo-97x61.png";
  private static final String OTHER = "photo-29x40.png";
  private static final int PICTURE_END = 18;
  private static final int TOKENS = 12;

  /**
   * What a question led to.
   *
   * @param logits of each token, as the model gave them
   */
  private record Answer(int cachedTokens, List<Integer> ids, List<float[]> logits) {}

  @Test
  void coldDeviceWarmAndHostWarmGiveTheSameBitsToTheTenantsThatMayHaveThem() {
    Answer cold;
    try (TestServer server = TestServer.start(ONE_SLOT, CHUNK)) {
      server.awaitReady();
      cold = ask(server, PHOTO);
      assertSame(cold, 0, cold);
      assertSame(ask(server, PHOTO), PICTURE_END, cold);
      Answer other = ask(server, OTHER);
      assertThat(other.cachedTokens()).isZero();
      assertThat(other.logits().get(0)).isNotEqualTo(cold.logits().get(0));
      assertSame(ask(server, PHOTO), PICTURE_END, cold);
      assertSame(ask(server, OTHER), PICTURE_END, other);
      assertThat(metrics(server))
          .contains("omnimamba_picture_lookups_total{" + SERVICE + ",result=\"miss\"} 2.0")
          .contains("omnimamba_picture_lookups_total{" + SERVICE + ",result=\"device\"} 1.0")
          .contains("omnimamba_picture_lookups_total{" + SERVICE + ",result=\"host\"} 2.0")
          .contains("omnimamba_prompt_tokens_cached_total{" + SERVICE + "} 54.0");
      assertThat(cachedTokens(server, "acme")).isZero();
      assertThat(cachedTokens(server, "acme")).isEqualTo(PICTURE_END);
      assertThat(cachedTokens(server, "other")).isZero();
      assertThat(cachedTokens(server, "acme")).isEqualTo(PICTURE_END);
    }
    try (TestServer server = TestServer.start(ONLY_HOST_MEMORY, CHUNK, SHARED)) {
      server.awaitReady();
      assertSame(ask(server, PHOTO), 0, cold);
      assertSame(ask(server, PHOTO), PICTURE_END, cold);
      assertThat(cachedTokens(server, "acme")).isEqualTo(PICTURE_END);
      assertThat(cachedTokens(server, "other")).isEqualTo(PICTURE_END);
    }
  }

  private static String metrics(TestServer server) {
    return server
        .send(HttpRequest.newBuilder(server.managementUri("/actuator/prometheus")).build())
        .body();
  }

  @Test
  void compiledGraphsGiveTheSameBitsToo() {
    try (TestServer server =
        TestServer.start(ONE_SLOT, CHUNK, "omnimamba.inference.runtime.compile=true")) {
      server.awaitReady();
      Answer cold = ask(server, OTHER);
      ask(server, PHOTO);
      assertSame(ask(server, OTHER), PICTURE_END, cold);
      assertSame(ask(server, OTHER), PICTURE_END, cold);
    }
  }

  private static void assertSame(Answer actual, int cachedTokens, Answer expected) {
    assertThat(actual.cachedTokens()).isEqualTo(cachedTokens);
    assertThat(actual.ids()).isEqualTo(expected.ids());
    assertThat(actual.logits()).hasSize(TOKENS);
    for (int i = 0; i < TOKENS; i++) {
      assertThat(actual.logits().get(i))
          .as("token %d", i)
          .containsExactly(expected.logits().get(i));
    }
  }

  private static Answer ask(TestServer server, String photo) {
    ServedModel model = server.bean(ServedModel.class);
    Prompt prompt = model.layouts().question("What is in the image?", Truncation.DISABLED);
    ImagePixels pixels = model.pixels(Photos.read(photo));
    List<Integer> ids = new ArrayList<>();
    List<float[]> logits = new ArrayList<>();
    TokenSequence greedy =
        new FakeSequence(
            prompt.length(),
            (place, output, sampler) -> {
              float[] values = ((StepOutput.Logits) output).values();
              logits.add(values.clone());
              int id = largest(values);
              ids.add(id);
              FinishReason end = ids.size() == TOKENS ? FinishReason.LENGTH : null;
              return new GeneratedToken(place, id, "", null, end);
            });
    PromptInput input = PromptInput.about(prompt, pixels, PictureKey.of(pixels, null));
    CompletableFuture<Integer> cachedTokens = new CompletableFuture<>();
    server
        .engine()
        .submit(
            new GenerationRequest(
                "bits",
                Requester.UNKNOWN,
                input,
                List.of(greedy),
                TOKENS,
                0,
                Duration.ofMinutes(1)),
            new End(cachedTokens));
    return new Answer(cachedTokens.orTimeout(60, TimeUnit.SECONDS).join(), ids, logits);
  }

  private static int largest(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }

  private static final class End implements RequestListener {
    private final CompletableFuture<Integer> result;
    private int cached;

    End(CompletableFuture<Integer> result) {
      this.result = result;
    }

    @Override
    public void onPrompt(int cachedTokens) {
      cached = cachedTokens;
    }

    @Override
    public void onToken(int index, GeneratedToken token) {}

    @Override
    public void onCompleted() {
      result.complete(cached);
    }

    @Override
    public void onFailed(EngineException failure) {
      result.completeExceptionally(failure);
    }
  }

  private static int cachedTokens(TestServer server, String tenant) {
    String body =
        """
        {"messages":[{"role":"user","content":[
           {"type":"text","text":"What is it?"},
           {"type":"image_url","image_url":{"url":"%s"}}]}],
         "max_tokens":2}
        """
            .formatted(Photos.dataUri(PHOTO));
    String answer =
        server
            .send(
                server
                    .request("/v1/chat/completions")
                    .header("Content-Type", "application/json")
                    .header("X-OmniMamba-Tenant", tenant)
                    .POST(BodyPublishers.ofString(body))
                    .build())
            .body();
    return TestServer.json(answer).at("/usage/prompt_tokens_details/cached_tokens").intValue();
  }
}
