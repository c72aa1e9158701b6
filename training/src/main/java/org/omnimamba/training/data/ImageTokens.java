package org.omnimamba.training.data;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A picture as the VQ tokenizer wrote it: a line of a JSONL file such as {@code
 * image-tokens-train.jsonl}, which has one line for each picture of a split, in the order of their
 * index.
 *
 * @param caption what it shows
 * @param imageIds its tokens, row by row
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ImageTokens(String caption, @JsonProperty("image_ids") int[] imageIds) {

  /** Name of the file with a split's tokens in a data folder. */
  public static String file(Picture.Split split) {
    return "image-tokens-" + split.label() + ".jsonl";
  }

  /**
   * Reads a file.
   *
   * @param length tokens of a picture
   * @param vocabulary ids are below it
   * @throws InvalidDataException if a line is not such an object or its tokens do not fit the model
   */
  public static List<ImageTokens> read(Path file, int length, int vocabulary) {
    List<ImageTokens> all = JsonLines.read(file, ImageTokens.class);
    for (int i = 0; i < all.size(); i++) {
      int[] ids = all.get(i).imageIds();
      if (ids.length != length) {
        throw new InvalidDataException(
            "%s: entry %d has %d tokens, but the model's pictures have %d; tokenize them anew"
                .formatted(file, i, ids.length, length));
      }
      for (int id : ids) {
        if (id < 0 || id >= vocabulary) {
          throw new InvalidDataException(
              "%s: entry %d has the token %d, but the codebook %d entries; tokenize them anew"
                  .formatted(file, i, id, vocabulary));
        }
      }
    }
    return all;
  }

  /** Writes a file that {@link #read} reads. */
  public static void write(Path file, List<ImageTokens> all) throws IOException {
    JsonLines.write(file, all);
  }

  /** The captions of a file as they stand, to draw from. */
  public static Examples<T2iExample> examples(List<ImageTokens> all) {
    return new Examples<>() {
      @Override
      public int count() {
        return all.size();
      }

      @Override
      public T2iExample example(int index, java.util.random.RandomGenerator random) {
        return new T2iExample(all.get(index).caption(), all.get(index).imageIds());
      }
    };
  }
}
