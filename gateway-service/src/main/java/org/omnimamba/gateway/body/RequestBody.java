package org.omnimamba.gateway.body;

/** A request body that was read whole. The bytes are shared, never changed. */
public final class RequestBody {
  /** Exchange attribute. */
  public static final String ATTRIBUTE = RequestBody.class.getName();

  private final byte[] bytes;

  RequestBody(byte[] bytes) {
    this.bytes = bytes;
  }

  public int length() {
    return bytes.length;
  }

  byte[] bytes() {
    return bytes;
  }
}
