package org.omnimamba.model.checkpoint.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.tensorflow.ndarray.Shape;

/**
 * Reads matrices as int8 codes and scales: those that are stored so as they are, others rounded row
 * by row to the nearest multiple of their largest magnitude over 127.
 */
public final class Int8Rounding {
  private static final int LARGEST_CODE = 127;

  /** Of codes in one piece, unless a single row is longer. */
  private static final int PIECE_ELEMENTS = 1 << 18;

  private Int8Rounding() {}

  /**
   * Reads a matrix.
   *
   * @param codes takes all codes in pieces, row-major; each buffer is read before the next is made
   * @return the scale of each row
   * @throws CheckpointException if the tensor is no matrix of floats, or if a value is not finite
   */
  public static float[] read(TensorSource source, String name, Consumer<ByteBuffer> codes) {
    TensorInfo info = source.info(name);
    if (info.shape().numDimensions() != 2 || !info.dtype().isFloat()) {
      throw new CheckpointException("%s is %s, not a matrix of floats".formatted(name, info));
    }
    return source
        .int8(name)
        .map(stored -> copied(stored, codes))
        .orElseGet(() -> rounded(source, name, codes));
  }

  private static float[] copied(Int8Matrix stored, Consumer<ByteBuffer> codes) {
    long elements = stored.shape().size();
    for (long done = 0; done < elements; ) {
      ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_ELEMENTS, elements - done));
      stored.readCodes(done, piece);
      codes.accept(piece.flip());
      done += piece.limit();
    }
    return stored.scales();
  }

  private static float[] rounded(TensorSource source, String name, Consumer<ByteBuffer> codes) {
    Dtype dtype = source.info(name).dtype();
    Shape shape = source.info(name).shape();
    int rows = Math.toIntExact(shape.get(0));
    int columns = Math.toIntExact(shape.get(1));
    int rowsAtOnce = Math.max(1, PIECE_ELEMENTS / Math.max(1, columns));
    float[] scales = new float[rows];
    float[] row = new float[columns];
    for (int first = 0; first < rows; first += rowsAtOnce) {
      int count = Math.min(rowsAtOnce, rows - first);
      ByteBuffer values =
          ByteBuffer.allocate(Math.toIntExact((long) count * columns * dtype.bytes()))
              .order(ByteOrder.LITTLE_ENDIAN);
      source.readInto(name, (long) first * columns * dtype.bytes(), values);
      values.flip();
      ByteBuffer piece = ByteBuffer.allocate(count * columns);
      for (int i = first; i < first + count; i++) {
        for (int column = 0; column < columns; column++) {
          row[column] = TensorCodec.next(values, dtype);
        }
        scales[i] = scale(name, i, row);
        put(piece, row, scales[i]);
      }
      codes.accept(piece.flip());
    }
    return scales;
  }

  private static float scale(String name, int index, float[] row) {
    float largest = 0;
    for (float value : row) {
      if (!Float.isFinite(value)) {
        throw new CheckpointException(
            "%s holds %s in row %d, which int8 cannot hold".formatted(name, value, index));
      }
      largest = Math.max(largest, Math.abs(value));
    }
    // a row of zeros may have any scale
    return largest == 0 ? 1 : Math.max(Float.MIN_NORMAL, largest / LARGEST_CODE);
  }

  private static void put(ByteBuffer codes, float[] row, float scale) {
    for (float value : row) {
      codes.put((byte) Math.rint(value / scale));
    }
  }
}
