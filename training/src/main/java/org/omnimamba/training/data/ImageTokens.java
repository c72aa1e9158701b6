package org.omnimamba.training.data;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A picture as the VQ tokenizer wrote it: a line of a JSONL file in either of two formats, ours and
 * the reference's:
 *
 * <pre>{@code
 * {"caption": "a house", "image_ids": [17, 4, ...]}
 * {"captions": ["a cat", "a sleeping cat"], "tokens": [8, 15, ...]}
 * }</pre>
 *
 * The file of a split, such as {@code image-tokens-train.jsonl}, has one line for each picture, in
 * the order of their index.
 *
 * @param captions what it shows, at least one
 * @param imageIds its tokens, row by row
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ImageTokens(List<String> captions, int[] imageIds) {

  /** As it stands in the file. */
  static final class Line {
    public @Nullable String caption;
    public @Nullable List<String> captions;

    @JsonProperty("image_ids")
    public int @Nullable [] imageIds;

    public int @Nullable [] tokens;
  }

  public ImageTokens(String caption, int[] imageIds) {
    this(List.of(caption), imageIds);
  }

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
    List<ImageTokens> all = new ArrayList<>();
    JsonLines.each(file, Line.class, line -> all.add(of(file, line)));
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

  private static ImageTokens of(Path file, Line line) {
    int @Nullable [] ids = line.imageIds != null ? line.imageIds : line.tokens;
    if (ids == null) {
      throw new InvalidDataException(
          "%s: a line has neither 'image_ids' nor 'tokens'".formatted(file));
    }
    return new ImageTokens(Captions.of(file, line.caption, line.captions), ids);
  }

  /** Writes a file that {@link #read} reads. */
  public static void write(Path file, List<ImageTokens> all) throws IOException {
    try (WholeFile whole = WholeFile.at(file)) {
      for (ImageTokens each : all) {
        whole.line(each.line());
      }
      whole.complete();
    }
  }

  /** A line of a file; in the reference's format where there are several captions. */
  public String line() {
    Map<String, Object> line = new LinkedHashMap<>();
    if (captions.size() == 1) {
      line.put("caption", captions.get(0));
      line.put("image_ids", imageIds);
    } else {
      line.put("captions", captions);
      line.put("tokens", imageIds);
    }
    return JsonLines.line(line);
  }

  /** What the pictures of a file show, as it stands there; of several captions one at each draw. */
  public static Examples<T2iExample> examples(List<ImageTokens> all) {
    return new Examples<>() {
      @Override
      public int count() {
        return all.size();
      }

      @Override
      public T2iExample example(int index, RandomGenerator random) {
        ImageTokens each = all.get(index);
        return new T2iExample(Captions.any(each.captions(), random), each.imageIds());
      }
    };
  }
}
