package org.omnimamba.training.emoji;

import java.util.Locale;
import org.omnimamba.training.icons.IconPackages;
import org.omnimamba.training.icons.NpmPackage;

/** The icon sets that the demo model is made of, in the versions of {@link IconPackages}. */
public enum EmojiStyle {
  NOTO(IconPackages.NOTO, true),
  TWEMOJI(IconPackages.TWEMOJI, true),
  FLUENT(IconPackages.FLUENT_FLAT, true),
  FXEMOJI(IconPackages.FXEMOJI, true),
  EMOJIONE(IconPackages.EMOJIONE, true),
  /** Its licence asks for share-alike: used to evaluate only, never trained on, never shipped. */
  OPENMOJI(IconPackages.OPENMOJI, false);

  private final NpmPackage source;
  private final boolean trained;

  EmojiStyle(NpmPackage source, boolean trained) {
    this.source = source;
    this.trained = trained;
  }

  /** Where it comes from. */
  public NpmPackage source() {
    return source;
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
