package org.omnimamba.model.weights;

import java.nio.ByteBuffer;
import java.util.List;
import org.omnimamba.model.checkpoint.tensor.Int8Matrix;
import org.omnimamba.model.checkpoint.tensor.Int8Rounding;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.device.DeviceVariables.NewVariable;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.TensorMemory;
import org.tensorflow.RawTensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;

/**
 * Matrices of a checkpoint as two variables: the codes and, without the last axis, their scales.
 */
final class Int8Loading {
  private final TensorSource source;
  private final List<String> tensors;
  private final float[] scales;

  private Int8Loading(TensorSource source, List<String> tensors, int rows) {
    this.source = source;
    this.tensors = tensors;
    this.scales = new float[rows];
  }

  /** Name of the variable of the scales that belong to a variable of codes. */
  static String scaleName(String name) {
    return name + Int8Matrix.SCALE_SUFFIX;
  }

  /**
   * @param name of the variable of the codes
   * @param shape of the codes
   * @param tensors in the order of their rows
   * @return to be filled in this order: the scales are known when the codes were read
   */
  static List<NewVariable> variables(
      String name, Shape shape, TensorSource source, List<String> tensors) {
    Shape rows = shape.take(shape.numDimensions() - 1);
    Int8Loading loading = new Int8Loading(source, tensors, Math.toIntExact(rows.size()));
    return List.of(
        new NewVariable(name, ElementType.U8, shape, loading::fillCodes),
        new NewVariable(
            scaleName(name),
            ElementType.F32,
            rows,
            memory -> TensorMemory.write(memory, loading.scales)));
  }

  private void fillCodes(RawTensor memory) {
    Codes codes = new Codes(memory.data());
    int row = 0;
    for (String tensor : tensors) {
      float[] own = Int8Rounding.read(source, tensor, codes::append);
      System.arraycopy(own, 0, scales, row, own.length);
      row += own.length;
    }
  }

  /** Writes pieces one after the other. */
  private static final class Codes {
    private final ByteDataBuffer data;
    private long at;

    Codes(ByteDataBuffer data) {
      this.data = data;
    }

    void append(ByteBuffer piece) {
      TensorMemory.write(data, at, piece.array(), piece.limit());
      at += piece.limit();
    }
  }
}
