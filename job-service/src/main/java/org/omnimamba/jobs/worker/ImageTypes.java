package org.omnimamba.jobs.worker;

/** Tells the media type of an image from its first bytes. */
final class ImageTypes {
  private ImageTypes() {}

  static String of(byte[] image) {
    if (startsWith(image, 0, 0x89, 'P', 'N', 'G')) {
      return "image/png";
    }
    if (startsWith(image, 0, 0xff, 0xd8, 0xff)) {
      return "image/jpeg";
    }
    if (startsWith(image, 0, 'R', 'I', 'F', 'F') && startsWith(image, 8, 'W', 'E', 'B', 'P')) {
      return "image/webp";
    }
    return "application/octet-stream";
  }

  private static boolean startsWith(byte[] bytes, int from, int... expected) {
    if (bytes.length < from + expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if ((bytes[from + i] & 0xff) != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
