package org.omnimamba.gateway.pictures;

import org.springframework.http.MediaType;

/** An encoded picture. The bytes are shared, never changed. */
final class Picture {
  private final byte[] bytes;

  Picture(byte[] bytes) {
    this.bytes = bytes;
  }

  byte[] bytes() {
    return bytes;
  }

  int size() {
    return bytes.length;
  }

  /** PNG or JPEG, the two kinds that are drawn; told by the first byte. */
  MediaType type() {
    return bytes.length > 0 && (bytes[0] & 0xff) == 0xff
        ? MediaType.IMAGE_JPEG
        : MediaType.IMAGE_PNG;
  }

  /** The usual end of a file's name. */
  String extension() {
    return type().equals(MediaType.IMAGE_JPEG) ? "jpg" : "png";
  }
}
