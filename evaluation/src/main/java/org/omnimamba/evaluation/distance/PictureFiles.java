package org.omnimamba.evaluation.distance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.omnimamba.evaluation.data.Fault;
import org.omnimamba.evaluation.data.UnusableDataException;
import org.omnimamba.model.image.ImageDecoder;
import org.omnimamba.model.image.ImageLimits;
import org.omnimamba.model.image.InvalidImageException;
import org.omnimamba.model.image.Resampler;
import org.omnimamba.model.image.RgbImage;

/** Files of pictures to features: the largest square of each, resized to one side. */
public final class PictureFiles {
  /** Pictures that are in memory at once. */
  private static final int CHUNK = 64;

  private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);
  private final int side;
  private final double mostUnusablePercent;
  private final List<Fault> faults = new ArrayList<>();

  /**
   * Reads pictures.
   *
   * @param side to which all are resized, in pixels
   * @param mostUnusablePercent of a set; more stop the run
   */
  public PictureFiles(int side, double mostUnusablePercent) {
    this.side = side;
    this.mostUnusablePercent = mostUnusablePercent;
  }

  /**
   * All pictures in a folder and in those below it, in the order of their paths.
   *
   * @throws UnusableDataException if there is none
   */
  public static List<Path> in(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new UnusableDataException("there is no folder " + folder);
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      List<Path> files =
          paths
              .filter(Files::isRegularFile)
              .filter(
                  path ->
                      String.valueOf(path.getFileName())
                          .toLowerCase(Locale.ROOT)
                          .matches(".*\\.(png|jpe?g|webp|gif)"))
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw new UnusableDataException("there are no pictures in " + folder);
      }
      return files;
    }
  }

  /**
   * The statistics of the features of a set.
   *
   * @throws UnusableDataException if too many of them are no pictures
   */
  public FeatureStatistics statistics(
      List<Path> files, PictureFeatures features, DrawnPictures.Progress progress) {
    FeatureStatistics statistics = new FeatureStatistics(features.width());
    List<Fault> lost = new ArrayList<>();
    for (int at = 0; at < files.size(); at += CHUNK) {
      List<Path> chunk = files.subList(at, Math.min(files.size(), at + CHUNK));
      List<Object> read = chunk.parallelStream().map(this::read).toList();
      List<RgbImage> pictures = new ArrayList<>();
      for (Object each : read) {
        if (each instanceof Fault fault) {
          lost.add(fault);
        } else {
          pictures.add((RgbImage) each);
        }
      }
      if (100.0 * lost.size() > mostUnusablePercent * files.size()) {
        throw UnusableDataException.tooMany(
            "pictures", lost.size(), files.size(), mostUnusablePercent, lost);
      }
      statistics.add(features.of(pictures));
      progress.at(at + chunk.size(), files.size());
    }
    faults.addAll(lost);
    return statistics;
  }

  /** A picture or a fault. */
  private Object read(Path file) {
    try {
      RgbImage square = square(decoder.decode(Files.readAllBytes(file)));
      return square.width() == side ? square : Resampler.resize(square, side, side);
    } catch (IOException | InvalidImageException e) {
      return new Fault(
          Fault.Kind.UNREADABLE_PICTURE, file.toString(), String.valueOf(e.getMessage()));
    }
  }

  /** The largest square in the middle. */
  static RgbImage square(RgbImage image) {
    int side = Math.min(image.width(), image.height());
    if (image.width() == image.height()) {
      return image;
    }
    byte[] rgb = image.rgb();
    byte[] cut = new byte[3 * side * side];
    int left = (image.width() - side) / 2;
    int top = (image.height() - side) / 2;
    for (int row = 0; row < side; row++) {
      System.arraycopy(
          rgb, 3 * ((top + row) * image.width() + left), cut, 3 * row * side, 3 * side);
    }
    return new RgbImage(side, side, cut);
  }

  /** What could not be read so far. */
  public List<Fault> faults() {
    return List.copyOf(faults);
  }
}
