package org.omnimamba.model;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.image.ImagePreprocessor;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.omnimamba.model.runtime.language.PromptIds;
import org.omnimamba.model.text.Prompt;

/**
 * Answers one prompt at a time, in the model's first slot. For use by the model's one thread.
 *
 * <p>The reference ends a batch only when all its rows emit the end-of-text id in the same step
 * (see docs/reference-behaviours.md, 20). For a batch of one that is this rule; rows are generated
 * one by one here, so that none waits for another.
 */
public final class TextGenerator {
  private static final int SLOT = 0;
  private static final int IMAGE_PLACE = 0;

  private final OmniMamba model;
  private final ImagePreprocessor preprocessor;
  private final GenerationLoop loop = new GenerationLoop(System::nanoTime);

  public TextGenerator(OmniMamba model) {
    this.model = model;
    this.preprocessor = new ImagePreprocessor(model.config().vision());
  }

  /**
   * Generates the answer to a prompt.
   *
   * @param prompt an understanding prompt
   * @param image the image it is about, of any size; null fills the image places with zeros
   * @param options how to generate
   * @param listener is told each token and asked before each step whether to go on
   */
  public TextResult generate(
      Prompt prompt, @Nullable RgbImage image, GenerationOptions options, TokenListener listener) {
    if (prompt.task() != Task.MMU) {
      throw new IllegalArgumentException("not an understanding prompt");
    }
    Sequence sequence = new Sequence(model.config(), model.tokenizer(), prompt, options);
    LanguageModel language = model.language();
    GenerationTimings timings =
        loop.run(
            sequence,
            () -> {
              int place = PromptIds.NO_IMAGE;
              if (image != null) {
                place = IMAGE_PLACE;
                model.vision().encode(preprocessor.prepare(image), language.images(), place);
              }
              PromptIds ids = PromptIds.mmu(prompt.ids(), place);
              return () -> language.prefill(SLOT, ids, 0, prompt.length());
            },
            new SlotStep(language, Task.MMU, SLOT),
            listener);
    return new TextResult(
        Arrays.stream(sequence.tokens()).boxed().toList(),
        sequence.text(),
        Objects.requireNonNull(sequence.finishReason()),
        timings);
  }
}
