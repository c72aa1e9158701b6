package org.omnimamba.model.checkpoint.tensor;

import java.util.Optional;

/** Element types, called as in safetensors; all little-endian. */
public enum Dtype {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U8(1),
  BOOL(1);

  private final int bytes;

  Dtype(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** Whether weights may have this type: float32, float16 or bfloat16. */
  public boolean isWeightType() {
    return this == F32 || this == F16 || this == BF16;
  }

  /** Whether elements are floating-point numbers; float64 too, which weights are never kept in. */
  public boolean isFloat() {
    return isWeightType() || this == F64;
  }

  public static Optional<Dtype> named(String name) {
    for (Dtype dtype : values()) {
      if (dtype.name().equals(name)) {
        return Optional.of(dtype);
      }
    }
    return Optional.empty();
  }
}
