package org.omnimamba.training.scenes.sprites;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.omnimamba.training.data.InvalidDataException;
import org.omnimamba.training.data.JsonLines;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.WholeFile;
import tools.jackson.databind.json.JsonMapper;

/**
 * The sprites of a split in two files: {@code sprites-SPLIT.jsonl} says what they show, {@code
 * sprites-SPLIT.bin} holds their pixels in the same order. Each sprite's four channels stand one
 * after the other, as differences from PNG's Paeth prediction, deflated: somewhat smaller than PNG
 * and quick to read.
 */
final class SpriteFile {
  /** Colours keep six bits of eight and alpha four: what is left out is hardly seen. */
  private static final int COLOUR_MASK = 0xfc;

  private static final int ALPHA_STEP = 16;
  private static final int CHANNELS = 4;
  private static final int LARGEST_SIDE = 4096;

  private SpriteFile() {}

  static Path list(Path folder, Picture.Split split) {
    return folder.resolve("sprites-" + split.label() + ".jsonl");
  }

  static Path pixelFile(Path folder, Picture.Split split) {
    return folder.resolve("sprites-" + split.label() + ".bin");
  }

  /** The pixels as the file keeps them. */
  static int[] rounded(int[] argb) {
    int[] kept = new int[argb.length];
    for (int i = 0; i < argb.length; i++) {
      int alpha = Math.min(255, ((argb[i] >>> 24) + ALPHA_STEP / 2) / ALPHA_STEP * ALPHA_STEP);
      int mask = COLOUR_MASK << 16 | COLOUR_MASK << 8 | COLOUR_MASK;
      kept[i] = alpha == 0 ? 0 : alpha << 24 | argb[i] & mask;
    }
    return kept;
  }

  /**
   * Writes both files; the list comes last, so where it is, the pixels are.
   *
   * @param pixels ARGB {@code [height, width]} of each label
   */
  static void write(Path folder, Picture.Split split, List<SpriteLabel> labels, List<int[]> pixels)
      throws IOException {
    Files.createDirectories(folder);
    Path file = pixelFile(folder, split);
    Path staged = file.resolveSibling(file.getFileName() + ".tmp");
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(staged)))) {
      for (int i = 0; i < labels.size(); i++) {
        writeOne(out, deflater, rounded(pixels.get(i)), labels.get(i).width());
      }
    } finally {
      deflater.end();
    }
    Files.move(staged, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (WholeFile list = WholeFile.at(list(folder, split))) {
      for (SpriteLabel label : labels) {
        list.line(JsonMapper.shared().writeValueAsString(label));
      }
      list.complete();
    }
  }

  private static void writeOne(DataOutputStream out, Deflater deflater, int[] argb, int width)
      throws IOException {
    byte[] residuals = new byte[CHANNELS * argb.length];
    for (int channel = 0; channel < CHANNELS; channel++) {
      int shift = 24 - 8 * channel;
      for (int i = 0; i < argb.length; i++) {
        int value = argb[i] >>> shift & 255;
        residuals[channel * argb.length + i] = (byte) (value - prediction(argb, width, i, shift));
      }
    }
    deflater.reset();
    deflater.setInput(residuals);
    deflater.finish();
    byte[] buffer = new byte[residuals.length + 64];
    int length = deflater.deflate(buffer);
    if (!deflater.finished()) {
      throw new IOException("a sprite of %d pixels did not become smaller".formatted(argb.length));
    }
    out.writeInt(length);
    write(out, buffer, length);
  }

  private static void write(OutputStream out, byte[] buffer, int length) throws IOException {
    out.write(buffer, 0, length);
  }

  /** Left, above or above left of the pixel, whichever is nearest to left + above - above left. */
  private static int prediction(int[] argb, int width, int index, int shift) {
    boolean first = index % width == 0;
    int left = first ? 0 : argb[index - 1] >>> shift & 255;
    int above = index < width ? 0 : argb[index - width] >>> shift & 255;
    int corner = first || index < width ? 0 : argb[index - width - 1] >>> shift & 255;
    int sum = left + above - corner;
    int toLeft = Math.abs(sum - left);
    int toAbove = Math.abs(sum - above);
    int toCorner = Math.abs(sum - corner);
    return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
  }

  /**
   * Reads the sprites of a split.
   *
   * @throws InvalidDataException if a file is missing, damaged, or does not fit the other
   */
  static List<Sprite> read(Path folder, Picture.Split split) {
    Path list = list(folder, split);
    List<SpriteLabel> labels = JsonLines.read(list, SpriteLabel.class);
    List<Sprite> sprites = new ArrayList<>();
    Path file = pixelFile(folder, split);
    Inflater inflater = new Inflater(true);
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
      for (SpriteLabel label : labels) {
        sprites.add(Sprite.of(label, readOne(in, inflater, label)));
      }
      if (in.read() >= 0) {
        throw new InvalidDataException("%s holds more than %s names".formatted(file, list));
      }
    } catch (IOException | DataFormatException e) {
      throw new InvalidDataException(
          "cannot read %s (%s); make it with 'prepare-scenes'".formatted(file, e.getMessage()), e);
    } finally {
      inflater.end();
    }
    return sprites;
  }

  private static int[] readOne(DataInputStream in, Inflater inflater, SpriteLabel label)
      throws IOException, DataFormatException {
    int width = label.width();
    int height = label.height();
    if (width < 1 || height < 1 || width > LARGEST_SIDE || height > LARGEST_SIDE) {
      throw new IOException("'%s' is %d x %d pixels".formatted(label.name(), width, height));
    }
    int count = width * height;
    int length = in.readInt();
    if (length < 0 || length > CHANNELS * count + 64) {
      throw new IOException("'%s' takes %d bytes".formatted(label.name(), length));
    }
    byte[] residuals = new byte[CHANNELS * count];
    inflater.reset();
    inflater.setInput(in.readNBytes(length));
    if (inflater.inflate(residuals) != residuals.length) {
      throw new IOException("'%s' has too few pixels".formatted(label.name()));
    }
    int[] argb = new int[count];
    for (int channel = 0; channel < CHANNELS; channel++) {
      int shift = 24 - 8 * channel;
      for (int i = 0; i < count; i++) {
        int value = residuals[channel * count + i] + prediction(argb, width, i, shift) & 255;
        argb[i] |= value << shift;
      }
    }
    return argb;
  }
}
