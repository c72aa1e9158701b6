package org.omnimamba.model.device;

import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * Types of variables, inputs and outputs. There is no int32 among them: TensorFlow keeps int32 in
 * host memory, where XLA refuses to find it.
 */
public enum ElementType {
  F32(TFloat32.class, DataType.DT_FLOAT, 4),
  F16(TFloat16.class, DataType.DT_HALF, 2),
  BF16(TBfloat16.class, DataType.DT_BFLOAT16, 2),
  I64(TInt64.class, DataType.DT_INT64, 8),
  U8(TUint8.class, DataType.DT_UINT8, 1);

  private final Class<? extends TType> tensorClass;
  private final DataType dataType;
  private final int bytes;

  ElementType(Class<? extends TType> tensorClass, DataType dataType, int bytes) {
    this.tensorClass = tensorClass;
    this.dataType = dataType;
    this.bytes = bytes;
  }

  /** The Java class of operands and tensors of this type. */
  public Class<? extends TType> tensorClass() {
    return tensorClass;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  DataType dataType() {
    return dataType;
  }

  static ElementType of(Class<? extends TType> tensorClass) {
    for (ElementType type : values()) {
      if (type.tensorClass == tensorClass) {
        return type;
      }
    }
    throw new IllegalArgumentException("no variables or inputs of type " + tensorClass.getName());
  }

  static ElementType of(DataType dataType) {
    for (ElementType type : values()) {
      if (type.dataType == dataType) {
        return type;
      }
    }
    throw new IllegalArgumentException("no variables or outputs of type " + dataType);
  }
}
