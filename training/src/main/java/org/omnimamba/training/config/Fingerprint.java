package org.omnimamba.training.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Tells files apart by their size and some of their bytes. Not against forgery: it is to notice a
 * file that was made anew, quickly even where it has gigabytes.
 */
final class Fingerprint {
  private static final int BLOCKS = 64;
  private static final int BLOCK_BYTES = 1 << 12;
  private static final int KEPT_BYTES = 8;

  private Fingerprint() {}

  /** Of some files together. */
  static String of(List<Path> files) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files) {
        add(digest, file);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, KEPT_BYTES);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read one of " + files, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void add(MessageDigest digest, Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file)) {
      long last = Math.max(0, channel.size() - BLOCK_BYTES);
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(channel.size()).flip());
      ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
      for (int i = 0; i < BLOCKS; i++) {
        channel.read(block.clear(), last * i / (BLOCKS - 1));
        digest.update(block.flip());
      }
    }
  }
}
