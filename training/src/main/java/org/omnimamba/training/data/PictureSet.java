package org.omnimamba.training.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The pictures of one split, in memory: 12 kB each at 64 px. Immutable; safe for several threads.
 */
public final class PictureSet {
  /** Name of the list of pictures in a data folder. */
  public static final String LIST = "pictures.jsonl";

  /** Name of the summary in a data folder. */
  public static final String SUMMARY = "pictures.json";

  private static final int CHANNELS = 3;

  private final int size;
  private final List<Picture> pictures;
  private final byte[][] pixels;

  /**
   * @param size width and height in pixels
   * @param pixels RGB bytes of each picture, {@code [size, size, 3]} row-major; kept, not copied
   */
  public PictureSet(int size, List<Picture> pictures, List<byte[]> pixels) {
    if (pictures.size() != pixels.size()) {
      throw new IllegalArgumentException(
          "%d pictures, but pixels of %d".formatted(pictures.size(), pixels.size()));
    }
    this.size = size;
    this.pictures = List.copyOf(pictures);
    this.pixels = pixels.toArray(byte[][]::new);
    for (byte[] picture : this.pixels) {
      if (picture.length != bytesPerPicture(size)) {
        throw new IllegalArgumentException(
            "a picture of %d bytes, not %d".formatted(picture.length, bytesPerPicture(size)));
      }
    }
  }

  /** Name of the file with a split's pixels. */
  public static String pixelFile(Picture.Split split) {
    return "pictures-" + split.label() + ".bin.gz";
  }

  static int bytesPerPicture(int size) {
    return size * size * CHANNELS;
  }

  /**
   * Reads one split of a data folder.
   *
   * @throws InvalidDataException if a file is missing, damaged, or does not fit the list
   */
  public static PictureSet read(Path folder, Picture.Split split) {
    int size = readSize(folder.resolve(SUMMARY));
    List<Picture> pictures =
        JsonLines.read(folder.resolve(LIST), Picture.class).stream()
            .filter(picture -> picture.split() == split)
            .toList();
    for (int i = 0; i < pictures.size(); i++) {
      if (pictures.get(i).index() != i) {
        throw new InvalidDataException(
            "%s: picture %d of split %s has index %d; prepare the data anew"
                .formatted(folder.resolve(LIST), i, split.label(), pictures.get(i).index()));
      }
    }
    Path file = folder.resolve(pixelFile(split));
    List<byte[]> pixels = new ArrayList<>();
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
      for (Picture picture : pictures) {
        byte[] bytes = in.readNBytes(bytesPerPicture(size));
        if (bytes.length != bytesPerPicture(size)) {
          throw new InvalidDataException(
              "%s ends before picture %d of %d; prepare the data anew"
                  .formatted(file, picture.index(), pictures.size()));
        }
        pixels.add(bytes);
      }
      if (in.read() >= 0) {
        throw new InvalidDataException(
            "%s holds more than the %d pictures of %s; prepare the data anew"
                .formatted(file, pictures.size(), LIST));
      }
    } catch (IOException e) {
      throw new InvalidDataException(
          "cannot read %s (%s); make it with 'prepare'".formatted(file, e.getMessage()), e);
    }
    return new PictureSet(size, pictures, pixels);
  }

  private static int readSize(Path summary) {
    try {
      JsonNode size = JsonMapper.shared().readTree(Files.readString(summary)).path("size");
      if (!size.isInt() || size.intValue() < 1 || size.intValue() > 4096) {
        throw new InvalidDataException(summary + ": 'size' is no number of pixels");
      }
      return size.intValue();
    } catch (IOException | JacksonException e) {
      throw new InvalidDataException(
          "cannot read %s (%s); make it with 'prepare'".formatted(summary, e.getMessage()), e);
    }
  }

  /** Width and height in pixels. */
  public int size() {
    return size;
  }

  /** Number of pictures. */
  public int count() {
    return pixels.length;
  }

  /** All pictures in the order of their index. */
  public List<Picture> pictures() {
    return pictures;
  }

  /** RGB bytes of one picture, {@code [size, size, 3]}; shared, not to be written to. */
  public byte[] pixels(int index) {
    return pixels[index];
  }

  /** RGB bytes of some pictures, {@code [indices, size, size, 3]}. */
  public byte[] gather(int... indices) {
    int bytes = bytesPerPicture(size);
    byte[] gathered = new byte[Math.multiplyExact(indices.length, bytes)];
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(pixels[indices[i]], 0, gathered, i * bytes, bytes);
    }
    return gathered;
  }
}
