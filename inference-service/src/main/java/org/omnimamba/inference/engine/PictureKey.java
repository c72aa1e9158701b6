package org.omnimamba.inference.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.image.ImagePixels;

/**
 * Under which the state after a picture is kept: a SHA-256 of what the towers get and of who asks.
 * Files that differ and decode to the same pixels have the same key.
 *
 * @param digest hexadecimal
 */
public record PictureKey(String digest) {
  private static final int BLOCK_FLOATS = 4096;

  /**
   * Reads every pixel, so it takes milliseconds: not for an event loop, nor for the engine's
   * thread.
   *
   * @param tenant whose requests may share the state; null for requests without a tenant
   */
  public static PictureKey of(ImagePixels pixels, @Nullable String tenant) {
    MessageDigest digest = sha256();
    byte[] owner = tenant == null ? new byte[0] : tenant.getBytes(StandardCharsets.UTF_8);
    ByteBuffer head = ByteBuffer.allocate(3 * Integer.BYTES);
    // lengths first, so that no two inputs are the same row of bytes; a tenant may be empty
    head.putInt(tenant == null ? -1 : owner.length);
    head.putInt(pixels.size()).putInt(pixels.towers().size());
    digest.update(head.array());
    digest.update(owner);
    for (float[] tower : pixels.towers()) {
      update(digest, tower);
    }
    return new PictureKey(HexFormat.of().formatHex(digest.digest()));
  }

  private static void update(MessageDigest digest, float[] values) {
    ByteBuffer block = ByteBuffer.allocate(BLOCK_FLOATS * Float.BYTES);
    for (int from = 0; from < values.length; from += BLOCK_FLOATS) {
      int count = Math.min(BLOCK_FLOATS, values.length - from);
      block.asFloatBuffer().put(values, from, count);
      digest.update(block.array(), 0, count * Float.BYTES);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
