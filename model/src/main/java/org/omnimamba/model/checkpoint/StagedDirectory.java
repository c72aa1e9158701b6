package org.omnimamba.model.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.slf4j.LoggerFactory;

/**
 * A directory that appears whole or not at all: it is filled under a temporary name beside its
 * target and renamed at the end.
 */
final class StagedDirectory implements AutoCloseable {
  private final Path target;
  private final Path staging;
  private final Thread cleanup = new Thread(this::deleteAtExit, "unfinished-model-cleanup");
  private boolean committed;

  private StagedDirectory(Path target, Path staging) {
    this.target = target;
    this.staging = staging;
  }

  /**
   * @param target absent, or an empty directory
   * @throws CheckpointException if there is something at the target
   */
  static StagedDirectory create(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    if (Files.exists(absolute) && !isEmptyDirectory(absolute)) {
      throw new CheckpointException(
          "%s is already there and not empty; nothing was written".formatted(target));
    }
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new CheckpointException("%s cannot hold a model".formatted(target));
    }
    Files.createDirectories(parent);
    // not a temporary directory of the JDK's, which only its owner could read later
    Path staging = parent.resolve(prefix(absolute) + UUID.randomUUID());
    Files.createDirectory(staging);
    StagedDirectory directory = new StagedDirectory(absolute, staging);
    // an interrupt from the keyboard ends the process without closing anything
    Runtime.getRuntime().addShutdownHook(directory.cleanup);
    return directory;
  }

  /**
   * Removes what processes left that were killed while they filled this target.
   *
   * @param target of which the caller knows that nobody fills it now
   */
  static void removeUnfinished(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    try (Stream<Path> siblings = Files.list(absolute.getParent())) {
      for (Path path :
          siblings
              .filter(each -> each.getFileName().toString().startsWith(prefix(absolute)))
              .toList()) {
        Files.walkFileTree(path, new Deletion());
      }
    }
  }

  private static String prefix(Path target) {
    return "." + target.getFileName() + ".partial-";
  }

  private static boolean isEmptyDirectory(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> children = Files.list(path)) {
      return children.findAny().isEmpty();
    }
  }

  /** Where the files are to be written. */
  Path path() {
    return staging;
  }

  /** Writes the manifest, brings everything to the disk and gives the directory its name. */
  void commit() throws IOException {
    Manifest.of(staging).write(staging);
    try (Stream<Path> children = Files.list(staging)) {
      for (Path file : children.toList()) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.force(true);
        }
      }
    }
    try {
      Files.deleteIfExists(target);
      Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (DirectoryNotEmptyException e) {
      throw new CheckpointException("%s was filled by someone else meanwhile".formatted(target), e);
    }
    committed = true;
  }

  /** Removes what was written unless it was committed. */
  @Override
  public void close() throws IOException {
    try {
      Runtime.getRuntime().removeShutdownHook(cleanup);
    } catch (IllegalStateException e) {
      // the process is ending, and the hook does the rest
      return;
    }
    if (!committed) {
      Files.walkFileTree(staging, new Deletion());
    }
  }

  private void deleteAtExit() {
    try {
      if (Files.exists(staging)) {
        Files.walkFileTree(staging, new Deletion());
      }
    } catch (IOException e) {
      LoggerFactory.getLogger(StagedDirectory.class).warn("cannot delete {}", staging, e);
    }
  }

  private static final class Deletion extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
        throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
