package org.omnimamba.jobs.webhook.signing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals secrets for the database with AES-256-GCM.
 *
 * <p>Layout: one version byte, four bytes naming the key (the head of its SHA-256), a 12-byte
 * nonce, then ciphertext and tag. The context (which row the secret belongs to) is authenticated,
 * so a sealed value copied to another row does not open. The first key seals; all keys open, which
 * is how a key is replaced: put the new one in front, keep the old one until nothing sealed by it
 * is left.
 */
public final class SecretCipher {
  private static final byte VERSION = 1;
  private static final int KEY_NAME = 4;
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;

  private final Map<Integer, SecretKey> keys = new LinkedHashMap<>();
  private final int sealingKey;
  private final SecureRandom random;

  /**
   * @param keys 32 bytes each, the sealing key first
   */
  public SecretCipher(List<byte[]> keys, SecureRandom random) {
    for (byte[] key : keys) {
      if (key.length != 32) {
        throw new IllegalArgumentException("an encryption key has 32 bytes, not " + key.length);
      }
      this.keys.put(nameOf(key), new SecretKeySpec(key, "AES"));
    }
    this.sealingKey = nameOf(keys.get(0));
    this.random = random;
  }

  /** Seals the bytes for the given context. Reads the system's randomness: not on an event loop. */
  public byte[] seal(byte[] plain, String context) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    byte[] sealed = run(Cipher.ENCRYPT_MODE, sealingKey, nonce, plain, context);
    return ByteBuffer.allocate(1 + KEY_NAME + NONCE + sealed.length)
        .put(VERSION)
        .putInt(sealingKey)
        .put(nonce)
        .put(sealed)
        .array();
  }

  /**
   * Opens what {@link #seal} made.
   *
   * @throws IllegalStateException when the key is not configured any more, or the value was altered
   *     or belongs to another context
   */
  public byte[] open(byte[] sealed, String context) {
    if (sealed.length < 1 + KEY_NAME + NONCE + TAG_BITS / 8 || sealed[0] != VERSION) {
      throw new IllegalStateException("not a sealed secret");
    }
    ByteBuffer in = ByteBuffer.wrap(sealed, 1, sealed.length - 1);
    int key = in.getInt();
    byte[] nonce = new byte[NONCE];
    in.get(nonce);
    byte[] cipherText = new byte[in.remaining()];
    in.get(cipherText);
    return run(Cipher.DECRYPT_MODE, key, nonce, cipherText, context);
  }

  private byte[] run(int mode, int keyName, byte[] nonce, byte[] input, String context) {
    SecretKey key = keys.get(keyName);
    if (key == null) {
      throw new IllegalStateException("the key that sealed this secret is not configured");
    }
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(context.getBytes(UTF_8));
      return cipher.doFinal(input);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the secret could not be sealed or opened", e);
    }
  }

  private static int nameOf(byte[] key) {
    try {
      return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(key)).getInt();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("SHA-256 is part of every JDK", e);
    }
  }
}
