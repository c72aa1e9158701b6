package org.omnimamba.queue.job;

import java.util.Arrays;
import java.util.Objects;

/**
 * Makes a submission repeatable: the same key and the same request give the same job.
 *
 * @param key unique within the tenant, 1 to 255 characters
 * @param requestHash a digest of everything that makes the request what it is
 */
public record IdempotencyKey(String key, byte[] requestHash) {

  public IdempotencyKey {
    Objects.requireNonNull(key, "key");
    if (key.isEmpty() || key.length() > 255) {
      throw new IllegalArgumentException("an idempotency key has 1 to 255 characters");
    }
    requestHash = requestHash.clone();
  }

  @Override
  public byte[] requestHash() {
    return requestHash.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IdempotencyKey that
        && key.equals(that.key)
        && Arrays.equals(requestHash, that.requestHash);
  }

  @Override
  public int hashCode() {
    return 31 * key.hashCode() + Arrays.hashCode(requestHash);
  }

  @Override
  public String toString() {
    return "IdempotencyKey[" + key + "]";
  }
}
