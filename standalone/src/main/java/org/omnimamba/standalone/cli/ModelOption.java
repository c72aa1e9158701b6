package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.omnimamba.standalone.DefaultModel;
import org.omnimamba.standalone.OmniMambaHome;
import picocli.CommandLine.Option;

/** {@code --model}, the same for every command that runs a model. */
final class ModelOption {
  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = {
        "A model directory.",
        "Default: the demo model, or a small untrained one where there is none."
      })
  private @Nullable Path directory;

  /**
   * The directory to load; the default model is made if need be.
   *
   * @param err is told when the model is not a trained one
   */
  Path locate(PrintWriter err) {
    if (directory == null) {
      try {
        return DefaultModel.locate(
            OmniMambaHome.fromEnvironment(), notice -> err.println("omnimamba: " + notice));
      } catch (IOException e) {
        throw new Failure("cannot use OMNIMAMBA_HOME", e);
      }
    }
    if (!Files.isDirectory(directory)) {
      throw new Failure("there is no model directory " + directory);
    }
    return directory;
  }
}
