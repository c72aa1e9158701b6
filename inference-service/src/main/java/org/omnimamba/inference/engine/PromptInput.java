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
 * @param image for understanding, the picture as the towers take it; null leaves its places zero
 */
public record PromptInput(Task task, int[] ids, int tokens, @Nullable ImagePixels image) {

  /** A laid-out prompt with its picture. */
  public static PromptInput of(Prompt layout, @Nullable ImagePixels image) {
    return new PromptInput(layout.task(), layout.ids(), layout.length(), image);
  }

  /** Whether embedding it runs the vision towers. */
  boolean hasImage() {
    return image != null;
  }
}
