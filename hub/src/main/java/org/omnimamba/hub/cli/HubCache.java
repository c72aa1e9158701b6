package org.omnimamba.hub.cli;

import java.nio.file.Path;
import java.util.Map;

/** Where the cache is unless a command names another folder. */
public final class HubCache {
  /** Its name in {@code OMNIMAMBA_HOME}. */
  public static final String NAME = "hub";

  private HubCache() {}

  /** {@code $OMNIMAMBA_HOME/hub}, by default {@code ~/.omnimamba/hub}. */
  public static Path folder(Map<String, String> environment) {
    String home = environment.getOrDefault("OMNIMAMBA_HOME", "");
    return (home.isBlank() ? Path.of(System.getProperty("user.home"), ".omnimamba") : Path.of(home))
        .resolve(NAME);
  }
}
