package org.omnimamba.web.settings;

import java.util.Locale;

/**
 * What is wrong with one setting.
 *
 * @param property full name in its dashed form, such as {@code omnimamba.gateway.jobs-url}
 * @param reason what is wrong and what would be right; never the value of a secret
 */
public record SettingProblem(String property, String reason) {

  /** The environment variable that sets the property. */
  String environmentVariable() {
    return property
        .replace("-", "")
        .replace('.', '_')
        .replaceAll("\\[(.*?)]", "_$1")
        .toUpperCase(Locale.ROOT);
  }

  @Override
  public String toString() {
    return property + " (environment: " + environmentVariable() + "): " + reason;
  }
}
