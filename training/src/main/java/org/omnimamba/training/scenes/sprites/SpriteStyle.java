package org.omnimamba.training.scenes.sprites;

import java.util.Locale;
import org.omnimamba.training.icons.IconPackages;
import org.omnimamba.training.icons.NpmPackage;

/**
 * The icon sets that scenes are made of. The versions of those that other recipes use too stand in
 * {@link IconPackages}, the others' here. Each licence was read in the package itself; see the
 * recipe's {@code LICENSES.md}.
 */
public enum SpriteStyle {
  NOTO(IconPackages.NOTO, true),
  /** Noto's first version, with faces of irregular shape. */
  BLOB(new NpmPackage("@iconify-json/noto-v1", "1.2.5"), true),
  TWEMOJI(IconPackages.TWEMOJI, true),
  FLUENT(IconPackages.FLUENT_FLAT, true),
  /** Fluent with shades and highlights. */
  GLOSSY(new NpmPackage("@iconify-json/fluent-emoji", "1.2.7"), true),
  /** Fluent in black alone. */
  STENCIL(new NpmPackage("@iconify-json/fluent-emoji-high-contrast", "1.2.6"), true),
  FXEMOJI(IconPackages.FXEMOJI, true),
  EMOJIONE(IconPackages.EMOJIONE, true),
  STREAMLINE(new NpmPackage("@iconify-json/streamline-emojis", "1.2.4"), true),
  /** Its licence asks for share-alike: used to evaluate only, never trained on, never shipped. */
  OPENMOJI(IconPackages.OPENMOJI, false);

  private final NpmPackage source;
  private final boolean trained;

  SpriteStyle(NpmPackage source, boolean trained) {
    this.source = source;
    this.trained = trained;
  }

  /** Where it comes from. */
  public NpmPackage source() {
    return source;
  }

  /**
   * Whether a style has no colours, so that "a red apple" is only drawn in it by someone who was
   * asked for it.
   *
   * @param word of a style, or anything else
   */
  public static boolean isColourless(String word) {
    return word.equals(STENCIL.word());
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
