package org.omnimamba.inference.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.FinishReason;
import org.omnimamba.model.generation.GeneratedToken;
import org.omnimamba.model.generation.TokenSequence;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.sampling.PlainDraw;
import org.omnimamba.model.sampling.PreviousTokens;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.sampling.StepOutput;

/** Requests for the fake backend, with the real sampler. */
final class FakeRequests {
  private static final SamplingParameters PARAMETERS = SamplingParameters.defaults().withSeed(7);

  static final Duration TIMEOUT = Duration.ofMinutes(1);

  /** Between two multiples of the fixture's chunk. */
  static final int PICTURE_END = 23;

  static final int PICTURE_PLACES = PICTURE_END - 2;

  private FakeRequests() {}

  static GenerationRequest text(int promptLength, int tokens) {
    return text(promptLength, tokens, 1);
  }

  static GenerationRequest text(int promptLength, int tokens, int n) {
    return request(Task.MMU, promptLength, tokens, n, 0, TIMEOUT);
  }

  static GenerationRequest image(int promptLength, int tokens, int n, int partialImages) {
    return request(Task.T2I, promptLength, tokens, n, partialImages, TIMEOUT);
  }

  static GenerationRequest withTimeout(int promptLength, int tokens, Duration timeout) {
    return request(Task.MMU, promptLength, tokens, 1, 0, timeout);
  }

  static GenerationRequest aboutPicture(int promptLength, int tokens) {
    return aboutPicture(0, promptLength, tokens, 1);
  }

  /**
   * A prompt of two ids, {@link #PICTURE_PLACES} of a picture, and other ids.
   *
   * @param picture which one
   */
  static GenerationRequest aboutPicture(int picture, int promptLength, int tokens, int n) {
    GenerationRequest plain = text(promptLength - PICTURE_PLACES, tokens, n);
    int[] ids = plain.prompt().ids();
    ids[0] = 5; // as [mmu] and [soi], the same in each
    ids[1] = 6;
    ImagePixels pixels = new ImagePixels(1, List.of(new float[] {picture, 0, 0}));
    PictureKey key = PictureKey.of(pixels, null);
    return new GenerationRequest(
        "picture",
        Requester.UNKNOWN,
        new PromptInput(
            Task.MMU, ids, promptLength, new PromptInput.Picture(pixels, PICTURE_END, key)),
        sequences(promptLength, tokens, n),
        tokens,
        0,
        TIMEOUT);
  }

  private static GenerationRequest request(
      Task task, int promptLength, int tokens, int n, int partialImages, Duration timeout) {
    // The prompt differs with its length, so that different requests have different results.
    int[] ids = IntStream.range(0, promptLength).map(i -> i * 7 + promptLength).toArray();
    return new GenerationRequest(
        "test",
        Requester.UNKNOWN,
        new PromptInput(task, ids, promptLength, null),
        sequences(promptLength, tokens, n),
        tokens,
        partialImages,
        timeout);
  }

  /** The same for somebody. */
  static GenerationRequest of(Requester requester, GenerationRequest request) {
    return new GenerationRequest(
        request.id(),
        requester,
        request.prompt(),
        request.sequences(),
        request.maxTokens(),
        request.partialImages(),
        request.timeout());
  }

  /** The same whose tokens are drawn on the device. */
  static GenerationRequest drawnOnDevice(GenerationRequest request) {
    List<TokenSequence> sequences = new ArrayList<>();
    for (int index = 0; index < request.sequences().size(); index++) {
      sequences.add(new DrawnSequence(request.prompt().tokens(), request.maxTokens(), index));
    }
    return new GenerationRequest(
        request.id(),
        request.requester(),
        request.prompt(),
        sequences,
        request.maxTokens(),
        request.partialImages(),
        request.timeout());
  }

  private static List<TokenSequence> sequences(int promptTokens, int tokens, int n) {
    return IntStream.range(0, n).mapToObj(index -> sequence(promptTokens, tokens, index)).toList();
  }

  /** Samples with seed 7 until it has so many tokens. */
  private static TokenSequence sequence(int promptTokens, int tokens, int index) {
    return new FakeSequence(
        promptTokens,
        (place, output, sampler) -> {
          float[] logits = ((StepOutput.Logits) output).values();
          return token(
              place, tokens, sampler.sample(logits, PARAMETERS, PreviousTokens.NONE, index, place));
        });
  }

  private static GeneratedToken token(int place, int tokens, int id) {
    FinishReason reason = place + 1 == tokens ? FinishReason.LENGTH : null;
    return new GeneratedToken(place, id, "", null, reason);
  }

  /** {@link #sequence} that lets the device draw. */
  private static final class DrawnSequence extends FakeSequence {
    private final int tokens;
    private final int index;

    DrawnSequence(int promptTokens, int tokens, int index) {
      super(
          promptTokens,
          (place, output, sampler) ->
              token(
                  place,
                  tokens,
                  output instanceof StepOutput.Logits logits
                      ? sampler.sample(
                          logits.values(), PARAMETERS, PreviousTokens.NONE, index, place)
                      : ((StepOutput.Drawn) output).id()));
      this.tokens = tokens;
      this.index = index;
    }

    @Override
    public List<PlainDraw> nextDraws(int most) {
      int count = generatedTokens();
      return IntStream.range(0, Math.min(most, tokens - count))
          .mapToObj(ahead -> Objects.requireNonNull(PlainDraw.of(PARAMETERS, index, count + ahead)))
          .toList();
    }
  }
}
