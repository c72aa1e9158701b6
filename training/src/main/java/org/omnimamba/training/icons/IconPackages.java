package org.omnimamba.training.icons;

/**
 * The packages of the icon sets that more than one recipe uses, with their versions. This is the
 * one place where these stand.
 */
public final class IconPackages {
  public static final NpmPackage NOTO = new NpmPackage("@iconify-json/noto", "1.2.9");
  public static final NpmPackage TWEMOJI = new NpmPackage("@iconify-json/twemoji", "1.2.5");
  public static final NpmPackage FLUENT_FLAT =
      new NpmPackage("@iconify-json/fluent-emoji-flat", "1.2.6");
  public static final NpmPackage FXEMOJI = new NpmPackage("@iconify-json/fxemoji", "1.2.2");
  public static final NpmPackage EMOJIONE = new NpmPackage("@iconify-json/emojione", "1.2.3");

  /** Its licence asks for share-alike: used to evaluate only, never trained on, never shipped. */
  public static final NpmPackage OPENMOJI = new NpmPackage("@iconify-json/openmoji", "1.2.29");

  private IconPackages() {}
}
