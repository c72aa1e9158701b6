package org.omnimamba.training.scenes.sprites;

import java.util.Locale;
import org.omnimamba.training.icons.NpmPackage;

/**
 * The icon sets that scenes are made of, with their versions. This is the one place where they
 * stand. Each licence was read in the package itself; see the recipe's {@code LICENSES.md}.
 */
public enum SpriteStyle {
  NOTO("@iconify-json/noto", "1.2.9", true),
  /** Noto's first version, with faces of irregular shape. */
  BLOB("@iconify-json/noto-v1", "1.2.5", true),
  TWEMOJI("@iconify-json/twemoji", "1.2.5", true),
  FLUENT("@iconify-json/fluent-emoji-flat", "1.2.6", true),
  /** Fluent with shades and highlights. */
  GLOSSY("@iconify-json/fluent-emoji", "1.2.7", true),
  /** Fluent in black alone. */
  STENCIL("@iconify-json/fluent-emoji-high-contrast", "1.2.6", true),
  FXEMOJI("@iconify-json/fxemoji", "1.2.2", true),
  EMOJIONE("@iconify-json/emojione", "1.2.3", true),
  STREAMLINE("@iconify-json/streamline-emojis", "1.2.4", true),
  /** Its licence asks for share-alike: used to evaluate only, never trained on, never shipped. */
  OPENMOJI("@iconify-json/openmoji", "1.2.29", false);

  private final String packageName;
  private final String version;
  private final boolean trained;

  SpriteStyle(String name, String version, boolean trained) {
    this.packageName = name;
    this.version = version;
    this.trained = trained;
  }

  /** Where it comes from. */
  public NpmPackage source() {
    return new NpmPackage(packageName, version);
  }

  /** Whether training may see it. */
  public boolean trained() {
    return trained;
  }

  /** The word for it in captions: lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
