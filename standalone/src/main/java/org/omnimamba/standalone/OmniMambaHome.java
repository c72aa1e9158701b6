package org.omnimamba.standalone;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/**
 * The folder where a laptop keeps its state: database, keys and caches. It is {@code
 * $OMNIMAMBA_HOME}, by default {@code ~/.omnimamba}, readable by its owner alone.
 */
public final class OmniMambaHome {
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");

  private final Path directory;

  private OmniMambaHome(Path directory) {
    this.directory = directory;
  }

  /** The folder that the environment names, created if it is missing. */
  public static OmniMambaHome fromEnvironment() throws IOException {
    Map<String, String> environment = System.getenv();
    String configured = environment.getOrDefault("OMNIMAMBA_HOME", "");
    return at(
        configured.isBlank()
            ? Path.of(System.getProperty("user.home"), ".omnimamba")
            : Path.of(configured));
  }

  /** The given folder, created if it is missing. */
  public static OmniMambaHome at(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    Files.createDirectories(absolute, attributes("rwx------"));
    // the real path: a process that an earlier run left behind is found by it, through links too
    return new OmniMambaHome(absolute.toRealPath());
  }

  public Path directory() {
    return directory;
  }

  /** A path below the folder; nothing is created. */
  public Path resolve(String name) {
    return directory.resolve(name);
  }

  /** Writes a secret that only the owner can read, replacing an older one in one move. */
  public Path writeSecret(String name, String secret) throws IOException {
    Path target = resolve(name);
    Path fresh = Files.createTempFile(directory, name, ".new", attributes("rw-------"));
    try {
      Files.writeString(fresh, secret + "\n", StandardOpenOption.TRUNCATE_EXISTING);
      Files.move(
          fresh,
          target,
          java.nio.file.StandardCopyOption.ATOMIC_MOVE,
          java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
    return target;
  }

  private static FileAttribute<?>[] attributes(String permissions) {
    return POSIX
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        }
        : new FileAttribute<?>[0];
  }
}
