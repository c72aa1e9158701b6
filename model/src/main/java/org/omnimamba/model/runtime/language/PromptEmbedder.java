package org.omnimamba.model.runtime.language;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.Task;

/**
 * Whole prompts to embeddings: ids are looked up on the device, the rest is put together on the
 * host. Prompts that are fed need none of this, see {@link PieceEmbeddings}.
 */
final class PromptEmbedder {
  /** Ids of an understanding prompt before the image: [mmu][soi]. */
  static final int IDS_BEFORE_IMAGE = 2;

  private final LanguageModelConfig config;
  private final int imagePlaces;
  private final LanguageFunctions functions;
  private final float[] mmuPositions;

  /**
   * @param mmuPositions position embeddings of understanding prompts, {@code [mmuPositions,
   *     dModel]}; at width 2048 they are 12 MB of host memory, which spare each prompt to fetch
   *     some 6 MB from the device
   */
  PromptEmbedder(ModelConfig model, LanguageFunctions functions, float[] mmuPositions) {
    this.config = model.language();
    this.imagePlaces = model.vision().patches();
    this.functions = functions;
    this.mmuPositions = mmuPositions;
  }

  /** See {@link LanguageModel#embedT2i}. */
  PromptEmbeddings t2i(int[] ids) {
    checkedLength(PromptIds.t2i(ids));
    float[] values = functions.caption(ids.length).call().longs(longs(ids)).run().floats(0);
    return new PromptEmbeddings(Task.T2I, config.dModel(), values);
  }

  /** See {@link LanguageModel#embedMmu}. */
  PromptEmbeddings mmu(int[] idsWithoutImage, float @Nullable [] imageEmbeddings) {
    int ids = idsWithoutImage.length;
    int width = config.dModel();
    int length = checkedLength(PromptIds.mmu(idsWithoutImage, PromptIds.NO_IMAGE));
    if (imageEmbeddings != null && imageEmbeddings.length != imagePlaces * width) {
      throw new IllegalArgumentException(
          "an image has %d x %d embeddings, not %d values in all"
              .formatted(imagePlaces, width, imageEmbeddings.length));
    }
    float[] text = text(idsWithoutImage);
    // the positions are the sum's first term; a copy of them need not be filled with zeros first
    float[] values = Arrays.copyOf(mmuPositions, length * width);
    int head = IDS_BEFORE_IMAGE * width;
    add(text, 0, values, 0, head);
    if (imageEmbeddings != null) {
      add(imageEmbeddings, 0, values, head, imageEmbeddings.length);
    }
    add(text, head, values, head + imagePlaces * width, ids * width - head);
    return new PromptEmbeddings(Task.MMU, width, values);
  }

  /** Embeddings of the ids and of padding, {@code [bucket, dModel]}. */
  private float[] text(int[] ids) {
    int bucket = Buckets.text(ids.length);
    long[] padded = Arrays.copyOf(longs(ids), bucket);
    return functions.text(bucket).call().longs(padded).run().floats(0);
  }

  /**
   * The ids of some positions.
   *
   * @return {@code [to - from]}, 0 in the image's places
   */
  long[] ids(PromptIds prompt, int from, int to) {
    long[] ids = new long[to - from];
    int places = prompt.task() == Task.MMU ? imagePlaces : 0;
    int head = prompt.task() == Task.MMU ? IDS_BEFORE_IMAGE : 0;
    for (int position = from; position < to; position++) {
      if (position < head) {
        ids[position - from] = prompt.ids()[position];
      } else if (position >= head + places) {
        ids[position - from] = prompt.ids()[position - places];
      }
    }
    return ids;
  }

  /**
   * Positions of a prompt, image places included.
   *
   * @throws IllegalArgumentException if there are no ids, too few, too many, or one out of the
   *     vocabulary
   */
  int checkedLength(PromptIds prompt) {
    int[] ids = prompt.ids();
    boolean mmu = prompt.task() == Task.MMU;
    if (mmu && ids.length < IDS_BEFORE_IMAGE) {
      throw new IllegalArgumentException(
          "an understanding prompt has at least %d ids, not %d"
              .formatted(IDS_BEFORE_IMAGE, ids.length));
    }
    int length = ids.length + (mmu ? imagePlaces : 0);
    checkLength(prompt.task(), length);
    checkIds(ids, config.textVocabSize());
    return length;
  }

  /** A loop so plain that the JVM makes vector instructions of it. */
  private static void add(float[] terms, int from, float[] sums, int to, int count) {
    for (int i = 0; i < count; i++) {
      sums[to + i] += terms[from + i];
    }
  }

  private void checkLength(Task task, int length) {
    int positions = config.positions(task);
    if (length < 1 || length > positions) {
      throw new IllegalArgumentException(
          "a prompt for %s has 1 to %d positions, not %d".formatted(task, positions, length));
    }
  }

  private static void checkIds(int[] ids, int vocabulary) {
    for (int id : ids) {
      checkId(id, vocabulary);
    }
  }

  static void checkId(int id, int vocabulary) {
    if (id < 0 || id >= vocabulary) {
      throw new IllegalArgumentException(
          "id %d is not in the vocabulary of %d".formatted(id, vocabulary));
    }
  }

  private static long[] longs(int[] values) {
    return Arrays.stream(values).asLongStream().toArray();
  }
}
