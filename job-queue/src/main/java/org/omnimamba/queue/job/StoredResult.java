package org.omnimamba.queue.job;

import java.util.Arrays;

/**
 * The bytes of a result.
 *
 * @param contentType their media type
 * @param body the bytes; not copied, so treat them as read-only
 */
@SuppressWarnings("ArrayRecordComponent") // several megabytes, handed through once
public record StoredResult(String contentType, byte[] body) {

  @Override
  public boolean equals(Object other) {
    return other instanceof StoredResult that
        && contentType.equals(that.contentType)
        && Arrays.equals(body, that.body);
  }

  @Override
  public int hashCode() {
    return 31 * contentType.hashCode() + Arrays.hashCode(body);
  }

  @Override
  public String toString() {
    return "StoredResult[" + contentType + ", " + body.length + " bytes]";
  }
}
