package org.omnimamba.training.emoji;

import java.util.Locale;
import org.omnimamba.training.icons.NpmPackage;

/**
 * The icon sets, with the versions that the demo model is trained on. This is the one place where
 * they stand.
 */
public enum EmojiStyle {
  NOTO("@iconify-json/noto", "1.2.9", true),
  TWEMOJI("@iconify-json/twemoji", "1.2.5", true),
  FLUENT("@iconify-json/fluent-emoji-flat", "1.2.6", true),
  FXEMOJI("@iconify-json/fxemoji", "1.2.2", true),
  EMOJIONE("@iconify-json/emojione", "1.2.3", true),
  /** Its licence asks for share-alike: used to evaluate only, never trained on, never shipped. */
  OPENMOJI("@iconify-json/openmoji", "1.2.29", false);

  private final String packageName;
  private final String version;
  private final boolean trained;

  EmojiStyle(String name, String version, boolean trained) {
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
