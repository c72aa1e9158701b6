package org.omnimamba.model.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Bytes for a decoder, in memory; remembers how far the decoder went. */
final class FollowedInput extends MemoryCacheImageInputStream {
  private long furthest;

  FollowedInput(byte[] bytes) {
    super(new ByteArrayInputStream(bytes));
  }

  @Override
  public void seek(long position) throws IOException {
    furthest = Math.max(furthest, position);
    super.seek(position);
  }

  /** The furthest position that was sought. */
  long furthest() {
    return furthest;
  }
}
