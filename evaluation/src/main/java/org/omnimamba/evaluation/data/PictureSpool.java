package org.omnimamba.evaluation.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Pictures that lie inside data files, written to a folder of ours, so that memory does not hold
 * all of them. Equal pictures are one file; one that is there from an earlier run is not written
 * again.
 */
final class PictureSpool {
  private static final int NAME_BYTES = 16;

  private final Path folder;

  PictureSpool(Path folder) {
    this.folder = folder;
  }

  /**
   * A picture in base64.
   *
   * @param category part of its name
   * @return null if it is no base64
   */
  @Nullable Picture base64(String category, String text) throws IOException {
    byte[] bytes;
    try {
      bytes = Base64.getMimeDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
    return bytes.length == 0 ? null : put(category, bytes);
  }

  /**
   * A picture's bytes, whatever they are.
   *
   * @param category part of its name
   */
  Picture put(String category, byte[] bytes) throws IOException {
    String name = sha256(bytes);
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      Files.createDirectories(folder);
      Path part = folder.resolve(name + ".part");
      Files.write(part, bytes);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return new Picture(category + "/" + name, file);
  }

  private static String sha256(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(digest, 0, NAME_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has SHA-256
    }
  }
}
