package org.omnimamba.model.text;

import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.Task;

/** A prompt as the model reads it. Immutable. */
public final class Prompt {
  private static final int IDS_BEFORE_IMAGE = 2;

  private final Task task;
  private final int[] ids;
  private final int imagePlaces;
  private final @Nullable Truncated truncated;

  Prompt(Task task, int[] ids, int imagePlaces, @Nullable Truncated truncated) {
    this.task = task;
    this.ids = ids;
    this.imagePlaces = imagePlaces;
    this.truncated = truncated;
  }

  public Task task() {
    return task;
  }

  /**
   * Ids without the image places: {@code [72]} for text-to-image; for understanding the image
   * embeddings go in after the second id.
   */
  public int[] ids() {
    return ids.clone();
  }

  /** Positions that the image takes; zero for text-to-image. */
  public int imagePlaces() {
    return imagePlaces;
  }

  /** Positions up to the image's end, those before it included; zero for text-to-image. */
  public int imageEnd() {
    return imagePlaces == 0 ? 0 : IDS_BEFORE_IMAGE + imagePlaces;
  }

  /** Positions that the prompt takes, image places included. */
  public int length() {
    return ids.length + imagePlaces;
  }

  /** What was cut off, or null when the prompt is whole. */
  public @Nullable Truncated truncated() {
    return truncated;
  }

  /**
   * How much of a prompt was kept, counted as in {@link PromptTooLongException}: caption tokens for
   * text-to-image, positions for understanding.
   *
   * @param promptTokens tokens before the cut
   * @param keptTokens tokens after it
   */
  public record Truncated(int promptTokens, int keptTokens) {}
}
