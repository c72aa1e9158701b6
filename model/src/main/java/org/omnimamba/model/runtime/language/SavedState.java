package org.omnimamba.model.runtime.language;

/**
 * What one slot held, in host memory: an exact copy of the recurrent state of a sequence.
 * Immutable; it may be written into any slot of the same model.
 */
public final class SavedState {
  private final float[] conv;
  private final float[] ssm;

  /** Takes the arrays over. */
  SavedState(float[] conv, float[] ssm) {
    this.conv = conv;
    this.ssm = ssm;
  }

  /** Bytes of host memory that it takes. */
  public long byteSize() {
    return Float.BYTES * ((long) conv.length + ssm.length);
  }

  /** {@code [layers * dConv, convDim]}, in the order of the slot's ring. */
  float[] conv() {
    return conv;
  }

  /** {@code [layers, dState, heads, headDim]}. */
  float[] ssm() {
    return ssm;
  }
}
