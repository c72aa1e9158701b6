package org.omnimamba.inference.engine;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.text.Prompt;

/**
 * What a request starts from, laid out and counted but not embedded yet.
 *
 * @param ids ids without the image's places
 * @param tokens positions the prompt takes, image places included
 * @param picture for understanding, what is asked about; null leaves its places zero
 */
public record PromptInput(Task task, int[] ids, int tokens, @Nullable Picture picture) {

  /**
   * A picture in a prompt.
   *
   * @param pixels as the towers take it
   * @param end positions up to the picture's end, those before it included; what stands there is
   *     the same in every prompt with this picture
   * @param key under which the state after these positions may be kept
   */
  public record Picture(ImagePixels pixels, int end, PictureKey key) {}

  public PromptInput {
    if (picture != null && (picture.end() < 1 || picture.end() >= tokens)) {
      throw new IllegalArgumentException(
          "a picture that ends at position %d is not inside a prompt of %d"
              .formatted(picture.end(), tokens));
    }
  }

  /** A laid-out prompt without a picture. */
  public static PromptInput of(Prompt layout) {
    return new PromptInput(layout.task(), layout.ids(), layout.length(), null);
  }

  /** A laid-out prompt about a picture. */
  public static PromptInput about(Prompt layout, ImagePixels pixels, PictureKey key) {
    Picture picture = new Picture(pixels, layout.imageEnd(), key);
    return new PromptInput(layout.task(), layout.ids(), layout.length(), picture);
  }

  /**
   * Where a piece of this prompt that begins at {@code from} ends: at the next multiple of {@code
   * chunk}, at the picture's end or at the prompt's, whichever comes first. The cuts are the same
   * whether the prompt is read from its beginning or from after its picture.
   */
  int pieceEnd(int from, int chunk) {
    int end = Math.min(from - from % chunk + chunk, tokens);
    return picture != null && from < picture.end() ? Math.min(end, picture.end()) : end;
  }
}
