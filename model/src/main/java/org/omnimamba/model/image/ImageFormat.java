package org.omnimamba.model.image;

import java.util.Optional;

/** The formats that are read, known by the first bytes alone: a stated type is never trusted. */
public enum ImageFormat {
  PNG("image/png"),
  JPEG("image/jpeg"),
  WEBP("image/webp"),
  GIF("image/gif");

  private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  private static final byte[] JPEG_SIGNATURE = {(byte) 0xff, (byte) 0xd8, (byte) 0xff};

  private final String mediaType;

  ImageFormat(String mediaType) {
    this.mediaType = mediaType;
  }

  /** For example {@code image/png}. */
  public String mediaType() {
    return mediaType;
  }

  /** The format whose signature opens {@code bytes}, if any. */
  public static Optional<ImageFormat> sniff(byte[] bytes) {
    ByteReader reader = new ByteReader(bytes);
    if (reader.startsWith(0, PNG_SIGNATURE)) {
      return Optional.of(PNG);
    }
    if (reader.startsWith(0, JPEG_SIGNATURE)) {
      return Optional.of(JPEG);
    }
    if (reader.startsWith(0, "RIFF") && reader.startsWith(8, "WEBP")) {
      return Optional.of(WEBP);
    }
    if (reader.startsWith(0, "GIF87a") || reader.startsWith(0, "GIF89a")) {
      return Optional.of(GIF);
    }
    return Optional.empty();
  }
}
