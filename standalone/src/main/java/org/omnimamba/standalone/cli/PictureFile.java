package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import org.omnimamba.model.image.ImageEncoder;
import org.omnimamba.model.image.RgbImage;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The file that a picture goes to; its ending chooses the format. */
final class PictureFile {
  private static final int JPEG_QUALITY = 92;

  private final Path path;
  private final boolean jpeg;

  private PictureFile(Path path, boolean jpeg) {
    this.path = path;
    this.jpeg = jpeg;
  }

  /** Checks, before anything is drawn, that a picture can go there. */
  static PictureFile at(Path path, CommandLine command) {
    String name = path.toString().toLowerCase(Locale.ROOT);
    boolean jpeg = name.endsWith(".jpg") || name.endsWith(".jpeg");
    if (!jpeg && !name.endsWith(".png")) {
      throw new ParameterException(command, path + " ends neither in .png nor in .jpg");
    }
    Path directory = path.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory) || !Files.isWritable(directory)) {
      throw new Failure("cannot write into " + directory);
    }
    if (Files.isDirectory(path)) {
      throw new Failure(path + " is a directory");
    }
    return new PictureFile(path, jpeg);
  }

  /** Writes the picture; the file appears whole or not at all. */
  void write(RgbImage image) {
    byte[] bytes = jpeg ? ImageEncoder.jpeg(image, JPEG_QUALITY) : ImageEncoder.png(image);
    Path target = path.toAbsolutePath();
    try {
      Path part = target.resolveSibling(target.getFileName() + ".part");
      try {
        Files.write(part, bytes);
        Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(part);
      }
    } catch (IOException e) {
      throw new Failure("cannot write " + path, e);
    }
  }
}
