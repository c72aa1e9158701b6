package org.omnimamba.model.runtime.language;

import org.omnimamba.model.config.Task;

/**
 * A prompt as the backbone takes it: embeddings with positions applied, in host memory. Immutable.
 */
public final class PromptEmbeddings {
  private final Task task;
  private final int dModel;
  private final float[] values;

  /** Takes the array over. */
  PromptEmbeddings(Task task, int dModel, float[] values) {
    this.task = task;
    this.dModel = dModel;
    this.values = values;
  }

  public Task task() {
    return task;
  }

  /** Positions, image places included. */
  public int length() {
    return values.length / dModel;
  }

  /** A copy of the embeddings, {@code [length, dModel]}. */
  public float[] toArray() {
    return values.clone();
  }

  /** The prompt again and again, cut at {@code length} positions: for measuring long prompts. */
  public PromptEmbeddings repeatedTo(int length) {
    float[] repeated = new float[length * dModel];
    for (int at = 0; at < repeated.length; at += values.length) {
      System.arraycopy(values, 0, repeated, at, Math.min(values.length, repeated.length - at));
    }
    return new PromptEmbeddings(task, dModel, repeated);
  }

  /** The embeddings themselves, {@code [length, dModel]}; not to be changed. */
  float[] values() {
    return values;
  }
}
