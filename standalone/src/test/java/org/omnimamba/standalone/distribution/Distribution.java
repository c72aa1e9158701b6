package org.omnimamba.standalone.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.omnimamba.standalone.Command;
import org.springframework.util.FileSystemUtils;

/** The archive that users download, made of what was packaged and unpacked as they do. */
final class Distribution implements AutoCloseable {
  private final Path folder;
  private final Path root;

  private Distribution(Path folder, Path root) {
    this.folder = folder;
    this.root = root;
  }

  static Distribution unpacked() throws Exception {
    Path folder =
        Files.createTempDirectory(Path.of("target").toAbsolutePath(), "dist with spaces ");
    Command.run(folder, "../../../deploy/make-dist.sh", "--built", folder.toString())
        .assertSuccess();
    try (Stream<Path> files = Files.list(folder)) {
      Path archive = files.findFirst().orElseThrow();
      Command.run(folder, "tar", "-xzf", archive.toString()).assertSuccess();
      Files.delete(archive);
    }
    try (Stream<Path> files = Files.list(folder)) {
      return new Distribution(folder, files.findFirst().orElseThrow());
    }
  }

  Path resolve(String path) {
    return root.resolve(path);
  }

  Path program() {
    return resolve("bin/omnimamba");
  }

  /** The names of the jars on the class path, the distribution's own first. */
  List<String> libraries() throws IOException {
    return Files.readAllLines(resolve("lib/classpath"));
  }

  /** As in the names of its own jars. */
  String version() throws IOException {
    return libraries().get(0).replaceFirst("omnimamba-standalone-(.*)\\.jar", "$1");
  }

  @Override
  public void close() throws IOException {
    FileSystemUtils.deleteRecursively(folder);
  }
}
