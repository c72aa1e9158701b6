package org.omnimamba.standalone.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.omnimamba.standalone.OmniMambaHome;
import org.omnimamba.standalone.server.LaptopKeys;
import picocli.CommandLine.Option;

/** A model behind the API of a running platform, in place of one in this process. */
final class ServedModel {
  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "Ask a running platform through its API, such as http://127.0.0.1:8080")
  private @Nullable URI url;

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = {
        "Its API key.",
        "Default: $$OMNIMAMBA_API_KEY, or the file $$OMNIMAMBA_HOME/api-key where there is one"
      })
  private @Nullable String key;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "8",
      description = "Requests to it at a time. Default: ${DEFAULT-VALUE}")
  private int parallel;

  /** Null if the model is one of this process. */
  @Nullable URI url() {
    return url;
  }

  int parallel() {
    return parallel;
  }

  String key() throws IOException {
    if (key != null) {
      return key;
    }
    String fromEnvironment = System.getenv("OMNIMAMBA_API_KEY");
    if (fromEnvironment != null) {
      return fromEnvironment;
    }
    Path file = LaptopKeys.apiKeyFile(OmniMambaHome.fromEnvironment());
    return Files.isReadable(file) ? Files.readString(file).strip() : "";
  }
}
