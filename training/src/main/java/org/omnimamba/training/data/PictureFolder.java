package org.omnimamba.training.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.image.ImageDecoder;
import org.omnimamba.model.image.ImageLimits;
import org.omnimamba.model.image.InvalidImageException;
import org.omnimamba.model.image.Resampler;
import org.omnimamba.model.image.RgbImage;

/**
 * Image files below a folder. A file that is missing or damaged is counted and warned of; if too
 * many are, that is an {@link InvalidDataException}. Safe for use by several threads.
 */
public final class PictureFolder {
  private final Path folder;
  private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
  private final UnusableData unusable;

  public PictureFolder(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
    this.unusable = new UnusableData("images of " + folder);
  }

  /**
   * Checks a path before its file is read.
   *
   * @throws InvalidDataException if it leads out of the folder
   */
  void requireInside(String image) {
    path(image);
  }

  private Path path(String image) {
    Path path = folder.resolve(image).normalize();
    if (!path.startsWith(folder)) {
      throw new InvalidDataException("image '%s' lies outside %s".formatted(image, folder));
    }
    return path;
  }

  /**
   * A picture with its sides changed to a size, as the towers see it; null if there is none to be
   * had.
   */
  @Nullable RgbImage resized(String image, int size) {
    RgbImage whole = read(image);
    return whole == null ? null : Resampler.resize(whole, size, size);
  }

  /**
   * The largest part around a picture's centre that has a shape, resized to it, as it is drawn;
   * null if there is none to be had.
   */
  public @Nullable RgbImage cropped(String image, int width, int height) {
    RgbImage whole = read(image);
    return whole == null ? null : Resampler.resize(centre(whole, width, height), width, height);
  }

  private @Nullable RgbImage read(String image) {
    Path path = path(image);
    try {
      RgbImage whole = decoder.decode(Files.readAllBytes(path));
      unusable.usable();
      return whole;
    } catch (IOException e) {
      unusable.unusable("cannot read " + path + (Files.exists(path) ? "" : ", which is missing"));
    } catch (InvalidImageException e) {
      unusable.unusable("%s: %s".formatted(path, e.getMessage()));
    }
    return null;
  }

  /** How many pictures could not be used so far. */
  public long unusable() {
    return unusable.count();
  }

  private static RgbImage centre(RgbImage image, int width, int height) {
    double scale = Math.min((double) image.width() / width, (double) image.height() / height);
    int columns = Math.max(1, Math.min(image.width(), (int) Math.round(width * scale)));
    int rows = Math.max(1, Math.min(image.height(), (int) Math.round(height * scale)));
    if (columns == image.width() && rows == image.height()) {
      return image;
    }
    int left = (image.width() - columns) / 2;
    int top = (image.height() - rows) / 2;
    byte[] part = new byte[3 * columns * rows];
    for (int y = 0; y < rows; y++) {
      image
          .buffer()
          .get(3 * ((top + y) * image.width() + left), part, 3 * y * columns, 3 * columns);
    }
    return new RgbImage(columns, rows, part);
  }
}
