package org.omnimamba.evaluation.data;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where a benchmark's pictures lie: the folder that the user names, or the usual ones. */
public final class PictureFolder {
  private final List<Path> folders;

  private PictureFolder(List<Path> folders) {
    this.folders = folders;
  }

  /**
   * The places to look for pictures.
   *
   * @param data the benchmark's folder
   * @param named where the user says that pictures are; null for the usual places in the data
   * @param usual names of folders in the data, looked through before the data itself
   * @throws UnusableDataException if the named folder is not there
   */
  public static PictureFolder of(Path data, @Nullable Path named, String... usual) {
    if (named != null) {
      if (!Files.isDirectory(named)) {
        throw new UnusableDataException("there is no folder of pictures " + named);
      }
      return new PictureFolder(List.of(named));
    }
    List<Path> folders = new ArrayList<>();
    for (String name : usual) {
      Path folder = data.resolve(name);
      if (Files.isDirectory(folder)) {
        folders.add(folder);
      }
    }
    folders.add(data);
    return new PictureFolder(folders);
  }

  /**
   * The first picture that is there.
   *
   * @param names file names from the benchmark's files, which may lead nowhere else
   */
  Optional<Picture> find(String... names) {
    for (Path folder : folders) {
      for (String name : names) {
        Optional<Path> file = inside(folder, name);
        if (file.isPresent() && Files.isRegularFile(file.get())) {
          return Optional.of(new Picture(name, file.get()));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Path> inside(Path folder, String name) {
    try {
      Path root = folder.toAbsolutePath().normalize();
      Path file = root.resolve(name).normalize();
      return file.startsWith(root) ? Optional.of(file) : Optional.empty();
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return folders.stream().map(Path::toString).collect(Collectors.joining(" or "));
  }
}
