package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.omnimamba.hub.FetchSettings;
import org.omnimamba.hub.cli.FetchProgress;
import org.omnimamba.hub.cli.HubCache;
import org.omnimamba.hub.cli.Terminal;
import org.omnimamba.hub.models.FetchRequest;
import org.omnimamba.hub.models.Location;
import org.omnimamba.hub.models.ModelFetcher;
import org.omnimamba.standalone.DefaultModel;
import org.omnimamba.standalone.OmniMambaHome;
import picocli.CommandLine.Option;

/** {@code --model}, the same for every command that runs a model. */
final class ModelOption {
  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description = {
        "A model directory, or what 'fetch' takes: hf:OWNER/NAME[@REVISION][:FILE] or an https"
            + " address, fetched and converted once.",
        "Default: the demo model, or a small untrained one where there is none."
      })
  private @Nullable String model;

  /** Whether the user names one. */
  boolean isNamed() {
    return model != null;
  }

  /**
   * The directory to load; it is fetched if need be, and the default model is made if need be.
   *
   * @param err is told how a fetch goes, and when the model is not a trained one
   */
  Path locate(PrintWriter err) {
    try {
      if (model == null) {
        return DefaultModel.locate(
            OmniMambaHome.fromEnvironment(), notice -> err.println("omnimamba: " + notice));
      }
      if (Location.isRemote(model)) {
        return fetch(model, err);
      }
    } catch (IOException e) {
      throw new Failure("cannot use OMNIMAMBA_HOME", e);
    }
    Path directory = Path.of(model);
    if (!Files.isDirectory(directory)) {
      throw new Failure("there is no model directory " + directory);
    }
    return directory;
  }

  private static Path fetch(String source, PrintWriter err) throws IOException {
    FetchProgress progress = new FetchProgress(err, Terminal.isThere());
    try {
      FetchSettings settings =
          FetchSettings.of(System.getenv(), OmniMambaHome.fromEnvironment().resolve(HubCache.NAME));
      return new ModelFetcher(settings, progress).model(FetchRequest.of(source));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure("the fetch of " + source + " was interrupted", e);
    } finally {
      progress.done();
    }
  }
}
