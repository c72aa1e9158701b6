package org.omnimamba.web.settings;

import java.util.List;
import java.util.stream.Collectors;

/** A service does not start because of its settings; the message names all that are wrong. */
public final class InvalidSettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidSettingsException(SettingProblem problem) {
    this(List.of(problem));
  }

  public InvalidSettingsException(List<SettingProblem> problems) {
    super(
        problems.stream()
            .map(problem -> "  - " + problem)
            .collect(Collectors.joining("\n", "These settings are missing or wrong:\n", "")));
  }
}
