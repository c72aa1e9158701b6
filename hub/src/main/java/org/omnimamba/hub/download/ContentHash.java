package org.omnimamba.hub.download;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * What tells that a file is the right one.
 *
 * @param kind of hash
 * @param hex in lower-case hexadecimal; empty for {@link Kind#NONE}
 */
public record ContentHash(Kind kind, String hex) {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final String SHA256_NAME = "SHA-256";
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");

  /** Kinds of hashes. */
  public enum Kind {
    SHA256("SHA-256"),
    /** SHA-1 over {@code blob SIZE\0} and the content, as git names a file. */
    GIT("git hash"),
    /** Nobody said which bytes are right. */
    NONE("hash");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** As people call it. */
    public String label() {
      return label;
    }
  }

  public static final ContentHash UNKNOWN = new ContentHash(Kind.NONE, "");

  /**
   * @throws IllegalArgumentException if the digits are not those of this kind
   */
  public ContentHash {
    boolean fits =
        switch (kind) {
          case SHA256 -> SHA256.matcher(hex).matches();
          case GIT -> SHA1.matcher(hex).matches();
          case NONE -> hex.isEmpty();
        };
    if (!fits) {
      throw new IllegalArgumentException("no " + kind.label() + ": " + hex);
    }
  }

  public static ContentHash sha256(String hex) {
    return new ContentHash(Kind.SHA256, hex);
  }

  public static ContentHash git(String hex) {
    return new ContentHash(Kind.GIT, hex);
  }

  /** SHA-256 of a text in UTF-8. */
  public static ContentHash sha256Of(String text) {
    byte[] found = digest(SHA256_NAME).digest(text.getBytes(StandardCharsets.UTF_8));
    return sha256(HexFormat.of().formatHex(found));
  }

  /** The same kind of hash of a file; SHA-256 for {@link Kind#NONE}. Reads all of it. */
  public ContentHash of(Path file) throws IOException {
    MessageDigest digest = digest(kind == Kind.GIT ? "SHA-1" : SHA256_NAME);
    if (kind == Kind.GIT) {
      digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    }
    String found = HexFormat.of().formatHex(digest.digest());
    return kind == Kind.GIT ? git(found) : sha256(found);
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has " + algorithm, e);
    }
  }
}
