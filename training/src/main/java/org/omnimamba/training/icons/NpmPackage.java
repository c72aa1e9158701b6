package org.omnimamba.training.icons;

/**
 * A package of the npm registry.
 *
 * @param name with its scope
 * @param version exact
 */
public record NpmPackage(String name, String version) {
  /** Names, tags and groups of all emoji. */
  public static final NpmPackage EMOJIBASE = new NpmPackage("emojibase-data", "17.0.0");

  /** As the npm client takes it. */
  public String specification() {
    return name + "@" + version;
  }
}
