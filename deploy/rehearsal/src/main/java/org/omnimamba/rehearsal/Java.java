package org.omnimamba.rehearsal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The Java that services run on: the images' version where it is installed, else this one's. */
final class Java {
  private static final int IMAGES_VERSION = 25;
  private static final Path HOME = find();

  private Java() {}

  static Path home() {
    return HOME;
  }

  static boolean isTheImages() {
    return version(HOME) >= IMAGES_VERSION;
  }

  /** Takes out options of the image that an older Java does not have. */
  static Map<String, String> known(Map<String, String> environment) {
    if (isTheImages()) {
      return environment;
    }
    Map<String, String> result = new TreeMap<>(environment);
    result.replaceAll((name, value) -> known(value));
    return result;
  }

  /** As {@link #known(Map)}, for a command. */
  static List<String> known(List<String> command) {
    return isTheImages()
        ? command
        : command.stream().map(Java::known).filter(word -> !word.isEmpty()).toList();
  }

  private static String known(String text) {
    return text.replaceAll(
            "--sun-misc-unsafe-memory-access=\\S+|-XX:[+-]UseCompactObjectHeaders", "")
        .strip();
  }

  private static Path find() {
    try (Stream<Path> installed =
        Files.exists(Path.of("/usr/lib/jvm"))
            ? Files.list(Path.of("/usr/lib/jvm"))
            : Stream.<Path>empty()) {
      return installed
          .filter(home -> version(home) == IMAGES_VERSION)
          .findFirst()
          .orElse(Path.of(System.getProperty("java.home")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int version(Path home) {
    try {
      return Files.readAllLines(home.resolve("release")).stream()
          .filter(line -> line.startsWith("JAVA_VERSION="))
          .map(line -> line.replaceAll("[^0-9.]", "").split("\\.")[0])
          .mapToInt(Integer::parseInt)
          .findFirst()
          .orElse(0);
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }
}
