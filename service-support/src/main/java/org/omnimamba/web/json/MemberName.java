package org.omnimamba.web.json;

/** Names of members as OpenAI's errors write them. */
public final class MemberName {
  private MemberName() {}

  /** What a JSON pointer (RFC 6901) points to: {@code /a/0/b} is {@code a[0].b}. */
  public static String of(String pointer) {
    return pointer
        .replaceAll("/([0-9]+)(?=/|$)", "[$1]")
        .replaceFirst("^/", "")
        .replace('/', '.')
        .replace("~1", "/")
        .replace("~0", "~");
  }
}
