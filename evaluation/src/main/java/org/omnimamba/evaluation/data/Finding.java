package org.omnimamba.evaluation.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds a benchmark's files by the names under which they are published. */
final class Finding {
  private Finding() {}

  /**
   * Files whose names match, in the order of their paths.
   *
   * @param depth folders deep, 1 for the folder alone
   * @throws UnusableDataException if there is no such folder
   */
  static List<Path> files(Path folder, int depth, Pattern name) throws IOException {
    return find(folder, depth, path -> Files.isRegularFile(path) && matches(path, name));
  }

  /** Folders whose names match, in the order of their paths. */
  static List<Path> folders(Path folder, int depth, Pattern name) throws IOException {
    return find(folder, depth, path -> Files.isDirectory(path) && matches(path, name));
  }

  private static boolean matches(Path path, Pattern name) {
    return name.matcher(String.valueOf(path.getFileName())).matches();
  }

  private static List<Path> find(Path folder, int depth, Predicate<Path> wanted)
      throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new UnusableDataException("there is no folder " + folder);
    }
    try (Stream<Path> paths = Files.walk(folder, depth)) {
      return paths.filter(wanted).sorted().toList();
    }
  }
}
