package org.omnimamba.training.vq;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.runtime.vision.ImageTokenizer;
import org.omnimamba.training.data.CaptionedImage;
import org.omnimamba.training.data.ImageTokens;
import org.omnimamba.training.data.InvalidDataException;
import org.omnimamba.training.data.PictureFolder;
import org.omnimamba.training.data.WholeFile;

/**
 * Turns a file of {@link CaptionedImage}s into one of {@link ImageTokens}, in the same order. Each
 * picture's largest square around its centre is resized to what the model draws. There are never
 * more than some pictures in memory.
 */
public final class CaptionedTokens {
  /** What the tokenizer encodes at once. */
  private static final int TOGETHER = 64;

  private final ImageTokenizer tokenizer;
  private final PictureFolder images;
  private final LongConsumer progress;
  private final List<CaptionedImage> waiting = new ArrayList<>();
  private long seen;
  private long written;

  /**
   * @param images where the file's paths start from; one that cannot be used is left out
   * @param progress is told from time to time how many pictures were looked at
   */
  public CaptionedTokens(ImageTokenizer tokenizer, PictureFolder images, LongConsumer progress) {
    this.tokenizer = tokenizer;
    this.images = images;
    this.progress = progress;
  }

  /**
   * Writes the tokens; the file appears whole or not at all.
   *
   * @return the number of its lines
   * @throws InvalidDataException if the captions are damaged, or no picture or too few of them can
   *     be used
   */
  public long write(Path captions, Path out) throws IOException {
    try (WholeFile whole = WholeFile.at(out)) {
      CaptionedImage.each(
          captions,
          each -> {
            waiting.add(each);
            if (waiting.size() == TOGETHER) {
              encode(whole);
            }
          });
      encode(whole);
      if (written == 0) {
        throw new InvalidDataException("%s: there is no picture to tokenize".formatted(captions));
      }
      whole.complete();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return written;
  }

  private void encode(WholeFile whole) {
    // decoding takes longer than encoding on a GPU
    List<@Nullable RgbImage> read =
        waiting.parallelStream()
            .<@Nullable RgbImage>map(
                each -> images.cropped(each.image(), tokenizer.width(), tokenizer.height()))
            .toList();
    int[] usable = IntStream.range(0, read.size()).filter(i -> read.get(i) != null).toArray();
    List<int[]> codes =
        tokenizer.encode(
            read.stream().filter(Objects::nonNull).map(Objects::requireNonNull).toList());
    try {
      for (int i = 0; i < usable.length; i++) {
        whole.line(new ImageTokens(waiting.get(usable[i]).captions(), codes.get(i)).line());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    written += usable.length;
    seen += waiting.size();
    waiting.clear();
    progress.accept(seen);
  }
}
