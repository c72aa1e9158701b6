package org.omnimamba.model.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** One native tokenizer. Safe for use by several threads; never used after it was freed. */
final class NativeBpe implements AutoCloseable {
  private final TokenizersLibrary library;
  private final long handle;
  private final ReadWriteLock use = new ReentrantReadWriteLock();
  private boolean closed;

  /**
   * @throws RuntimeException whatever the native library complains about
   */
  NativeBpe(TokenizersLibrary library, String json) {
    this.library = library;
    handle = library.createTokenizerFromString(json);
  }

  /**
   * @param text well-formed UTF-16
   */
  int[] encode(String text) {
    use.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the tokenizer is closed");
      }
      long encoding = library.encode(handle, text, false);
      try {
        long[] longs = library.getTokenIds(encoding);
        int[] ids = new int[longs.length];
        for (int i = 0; i < ids.length; i++) {
          ids[i] = Math.toIntExact(longs[i]);
        }
        return ids;
      } finally {
        library.deleteEncoding(encoding);
      }
    } finally {
      use.readLock().unlock();
    }
  }

  @Override
  public void close() {
    use.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        library.deleteTokenizer(handle);
      }
    } finally {
      use.writeLock().unlock();
    }
  }
}
