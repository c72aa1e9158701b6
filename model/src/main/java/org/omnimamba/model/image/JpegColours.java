package org.omnimamba.model.image;

/** What the channels of a JPEG hold. */
enum JpegColours {
  GREY,
  RGB,
  /** Luma and chroma. */
  YCC,
  /** Inks, inverted as Adobe's programs write them. */
  CMYK,
  /** Inks whose first three are stored as luma and chroma. */
  YCCK;

  /** No Adobe segment was there. */
  static final int NO_ADOBE = -1;

  private static final int ADOBE_AS_IS = 0;

  /**
   * Guesses as libjpeg does.
   *
   * @param channels 1, 3 or 4
   * @param jfif whether there is a JFIF segment, which settles three channels
   * @param adobe transform of the Adobe segment, or {@link #NO_ADOBE}
   * @param ids the channels' identifiers
   */
  static JpegColours guess(int channels, boolean jfif, int adobe, String ids) {
    return switch (channels) {
      case 1 -> GREY;
      case 3 -> {
        boolean plain = adobe == NO_ADOBE ? ids.equals("RGB") : adobe == ADOBE_AS_IS;
        yield !jfif && plain ? RGB : YCC;
      }
      default -> adobe == NO_ADOBE || adobe == ADOBE_AS_IS ? CMYK : YCCK;
    };
  }
}
