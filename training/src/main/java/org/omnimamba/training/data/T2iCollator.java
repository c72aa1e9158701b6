package org.omnimamba.training.data;

import java.util.List;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Tokenizer;
import org.omnimamba.model.text.Truncation;

/**
 * Rows for drawing, as the reference trains them (see docs/reference-behaviours.md, 11 and 13):
 *
 * <ul>
 *   <li>{@value #CAPTION_IDS} {@code [batch, t2iPromptTokens + 1]}: the prompt, {@code [t2i][sot]}
 *       caption padded on the left {@code [eot][soi]}, and the {@code [eoi]} that follows the image
 *   <li>{@value #IMAGE_IDS} {@code [batch, imageTokens]}
 * </ul>
 */
public final class T2iCollator implements Collator<T2iExample> {
  public static final String CAPTION_IDS = "caption_ids";
  public static final String IMAGE_IDS = "image_ids";

  private final PromptLayouts layouts;
  private final LanguageModelConfig language;
  private final int endOfImage;

  /**
   * @throws org.omnimamba.model.text.InvalidTokenizerException if the tokenizer belongs to another
   *     model
   */
  public T2iCollator(ModelConfig config, Tokenizer tokenizer) {
    this.layouts = new PromptLayouts(config, tokenizer);
    this.language = config.language();
    this.endOfImage = config.specialTokens().eoi();
  }

  /** The prompts alone, {@value #CAPTION_IDS}, for pictures whose tokens are found in the step. */
  public Batch captions(List<String> texts) {
    int length = language.t2iPromptTokens() + 1;
    long[] captions = new long[texts.size() * length];
    for (int row = 0; row < texts.size(); row++) {
      Rows.copy(layouts.t2i(texts.get(row), Truncation.AUTO).ids(), captions, row * length);
      captions[(row + 1) * length - 1] = endOfImage;
    }
    return Batch.empty().with(CAPTION_IDS, captions);
  }

  /**
   * @throws InvalidDataException if an example has another number of image tokens than the model
   */
  @Override
  public Batch collate(List<T2iExample> examples) {
    int imageLength = language.imageTokens();
    long[] images = new long[examples.size() * imageLength];
    for (int row = 0; row < examples.size(); row++) {
      T2iExample example = examples.get(row);
      if (example.imageIds().length != imageLength) {
        throw new InvalidDataException(
            "'%s' has %d image tokens, not %d; tokenize its pictures with this model's VQ"
                .formatted(example.caption(), example.imageIds().length, imageLength));
      }
      Rows.copy(example.imageIds(), images, row * imageLength);
    }
    return captions(examples.stream().map(T2iExample::caption).toList()).with(IMAGE_IDS, images);
  }
}
