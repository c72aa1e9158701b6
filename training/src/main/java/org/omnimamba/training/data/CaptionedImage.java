package org.omnimamba.training.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.text.Turn;

/**
 * An image file and what it shows: a line of a JSONL file such as
 *
 * <pre>{@code
 * {"image": "train/000123.jpg", "caption": "a house"}
 * {"image": "train/000124.jpg", "captions": ["a cat", "a sleeping cat"]}
 * }</pre>
 *
 * @param image path below the folder of images
 * @param captions at least one
 */
public record CaptionedImage(String image, List<String> captions) {

  /** As it stands in the file. */
  static final class Line {
    public @Nullable String image;
    public @Nullable String caption;
    public @Nullable List<String> captions;
  }

  /**
   * Reads a file, one line after the other.
   *
   * @throws InvalidDataException if a line is not such an object
   */
  public static void each(Path file, Consumer<CaptionedImage> taker) {
    JsonLines.each(
        file,
        Line.class,
        line -> {
          if (line.image == null) {
            throw new InvalidDataException("%s: a line has no 'image'".formatted(file));
          }
          taker.accept(
              new CaptionedImage(line.image, Captions.of(file, line.caption, line.captions)));
        });
  }

  /**
   * The images of a file with one of their captions, to be learnt without a question.
   *
   * @param size side in pixels that the model's towers take
   */
  public static Examples<MmuExample> examples(Path file, PictureFolder images, int size) {
    List<CaptionedImage> all = new ArrayList<>();
    each(
        file,
        each -> {
          images.requireInside(each.image());
          all.add(each);
        });
    return new Examples<>() {
      @Override
      public int count() {
        return all.size();
      }

      @Override
      public MmuExample example(int index, RandomGenerator random) {
        CaptionedImage each = all.get(index);
        RgbImage picture = images.resized(each.image(), size);
        return new MmuExample(
            picture == null ? null : picture.rgb(),
            List.of(Turn.user(""), Turn.assistant(Captions.any(each.captions(), random))));
      }
    };
  }
}
