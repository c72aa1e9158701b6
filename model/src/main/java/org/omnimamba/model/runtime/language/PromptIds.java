package org.omnimamba.model.runtime.language;

import org.omnimamba.model.config.Task;

/**
 * A prompt as ids, which the device turns into embeddings when they are fed. The array is not
 * copied and must not change.
 *
 * @param ids of a text-to-image prompt all; of an understanding prompt those without the image,
 *     which takes its places after the second id
 * @param image where the image is in the {@link LanguageModel#images}; {@link #NO_IMAGE} leaves its
 *     places zero, as does a text-to-image prompt
 */
public record PromptIds(Task task, int[] ids, int image) {
  public static final int NO_IMAGE = -1;

  public static PromptIds t2i(int[] ids) {
    return new PromptIds(Task.T2I, ids, NO_IMAGE);
  }

  public static PromptIds mmu(int[] idsWithoutImage, int image) {
    return new PromptIds(Task.MMU, idsWithoutImage, image);
  }
}
