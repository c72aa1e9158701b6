package org.omnimamba.model;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.FinishReason;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.omnimamba.model.runtime.language.PromptIds;
import org.omnimamba.model.text.Prompt;

/** Draws one caption at a time, in the model's first slot. For use by the model's one thread. */
public final class ImageGenerator {
  private static final int SLOT = 0;

  private final OmniMamba model;
  private final GenerationLoop loop = new GenerationLoop(System::nanoTime);

  public ImageGenerator(OmniMamba model) {
    this.model = model;
  }

  /**
   * Generates the picture for a caption.
   *
   * @param prompt a text-to-image prompt
   * @param options how to draw tokens; their number is the model's
   * @param listener is told each token and asked before each step whether to go on
   */
  public ImageResult generate(Prompt prompt, GenerationOptions options, TokenListener listener) {
    if (prompt.task() != Task.T2I) {
      throw new IllegalArgumentException("not a text-to-image prompt");
    }
    Sequence sequence = new Sequence(model.config(), model.tokenizer(), prompt, options);
    LanguageModel language = model.language();
    GenerationTimings timings =
        loop.run(
            sequence,
            () -> {
              PromptIds ids = PromptIds.t2i(prompt.ids());
              return () -> language.prefill(SLOT, ids, 0, prompt.length());
            },
            new SlotStep(language, Task.T2I, SLOT),
            listener);
    List<Integer> tokens = Arrays.stream(sequence.tokens()).boxed().toList();
    if (sequence.finishReason() == FinishReason.CANCELLED) {
      return new ImageResult(tokens, null, timings);
    }
    long start = System.nanoTime();
    RgbImage image = model.images().decode(List.of(sequence.tokens())).get(0);
    return new ImageResult(
        tokens, image, timings.withPicture(Duration.ofNanos(System.nanoTime() - start)));
  }
}
