package org.omnimamba.training.icons;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.omnimamba.training.data.InvalidDataException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fetches packages with the {@code npm} client, whose settings (registry, proxy, certificates)
 * thereby hold. Packages' scripts are never run.
 */
public final class NpmInstaller {
  private static final long LIMIT_MINUTES = 10;

  private final Path folder;

  /**
   * @param folder where packages are kept for the next time
   */
  public NpmInstaller(Path folder) {
    this.folder = folder.toAbsolutePath();
  }

  /**
   * Fetches what is not there yet in exactly the wanted version.
   *
   * @throws InvalidDataException if npm is missing or fails
   */
  public void install(List<NpmPackage> packages) {
    List<NpmPackage> missing = packages.stream().filter(each -> !installed(each)).toList();
    if (missing.isEmpty()) {
      return;
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                "npm",
                "install",
                "--prefix",
                folder.toString(),
                "--no-save",
                "--ignore-scripts",
                "--legacy-peer-deps",
                "--no-audit",
                "--no-fund"));
    packages.forEach(each -> command.add(each.specification()));
    run(command);
    for (NpmPackage each : packages) {
      if (!installed(each)) {
        throw new InvalidDataException(
            "npm ended without error, but %s is not in %s"
                .formatted(each.specification(), folder(each)));
      }
    }
  }

  /** Where a package's files are. */
  public Path folder(NpmPackage each) {
    return folder.resolve("node_modules").resolve(each.name());
  }

  private boolean installed(NpmPackage each) {
    Path description = folder(each).resolve("package.json");
    try {
      return Files.exists(description)
          && JsonMapper.shared()
              .readTree(Files.readString(description))
              .path("version")
              .asString("")
              .equals(each.version());
    } catch (IOException | JacksonException e) {
      return false;
    }
  }

  private void run(List<String> command) {
    Path log = folder.resolve("npm.log");
    try {
      Files.createDirectories(folder);
      Process npm =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      try {
        if (!npm.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
          throw new InvalidDataException(
              "npm took more than %d minutes; see %s".formatted(LIMIT_MINUTES, log));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InvalidDataException("interrupted while npm was running", e);
      } finally {
        npm.destroy();
      }
      if (npm.exitValue() != 0) {
        throw new InvalidDataException(
            "npm failed with %d:%n%s".formatted(npm.exitValue(), Files.readString(log)));
      }
    } catch (IOException e) {
      throw new InvalidDataException(
          "cannot run npm (%s); install Node.js's npm client".formatted(e.getMessage()), e);
    }
  }
}
