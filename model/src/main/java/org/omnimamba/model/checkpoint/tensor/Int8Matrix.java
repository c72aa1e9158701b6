package org.omnimamba.model.checkpoint.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tensorflow.ndarray.Shape;

/**
 * A matrix of a file in int8, symmetric, with one scale for each row (an output channel of a
 * projection, a token of an embedding): {@code value = code * scale}, with codes from -127 to 127.
 * The codes are the tensor {@code NAME}, of type {@link Dtype#I8} and shape {@code [rows,
 * columns]}; the scales are the tensor {@code NAME_scale}, of type {@link Dtype#F32} and shape
 * {@code [rows, 1]}, as compressed-tensors names and shapes them.
 */
public final class Int8Matrix {
  /** What the name of a matrix lacks to be the name of its scales. */
  public static final String SCALE_SUFFIX = "_scale";

  private final TensorSource file;
  private final String path;
  private final String name;
  private final Shape shape;
  private final float[] scales;

  private Int8Matrix(TensorSource file, String path, String name, Shape shape, float[] scales) {
    this.file = file;
    this.path = path;
    this.name = name;
    this.shape = shape;
    this.scales = scales;
  }

  /** The scales of a matrix of {@code rows} rows in a file. */
  public static TensorInfo scaleInfo(long rows) {
    return TensorInfo.of(Dtype.F32, rows, 1);
  }

  /**
   * Reads the scales of a matrix; its codes are read on demand.
   *
   * @param path the file, as error messages call it
   * @throws CheckpointException if the tensor is no matrix, or if its scales are missing, of a
   *     wrong type or shape, or not finite and positive
   */
  static Int8Matrix open(TensorSource file, String path, String name) {
    Shape shape = file.info(name).shape();
    if (shape.numDimensions() != 2) {
      throw refused(path, "%s is %s; only matrices may be in int8", name, file.info(name));
    }
    String scaleName = name + SCALE_SUFFIX;
    if (!file.names().contains(scaleName)) {
      throw refused(
          path, "%s is in int8, but its scales are missing: there is no %s", name, scaleName);
    }
    Shape expected = Shape.of(shape.get(0), 1);
    TensorInfo found = file.info(scaleName);
    if (found.dtype() != Dtype.F32 || !found.shape().equals(expected)) {
      throw refused(
          path,
          "%s is %s, but the scales of %s %s must be F32 %s",
          scaleName,
          found,
          name,
          shape,
          expected);
    }
    float[] scales = file.readFloats(scaleName);
    for (int row = 0; row < scales.length; row++) {
      if (!(scales[row] > 0) || Float.isInfinite(scales[row])) {
        throw refused(
            path,
            "%s holds %s in row %d; scales are finite and positive",
            scaleName,
            scales[row],
            row);
      }
    }
    return new Int8Matrix(file, path, name, shape, scales);
  }

  private static CheckpointException refused(String path, String reason, Object... parts) {
    return new CheckpointException("%s is refused: %s".formatted(path, reason.formatted(parts)));
  }

  /** {@code [rows, columns]}. */
  public Shape shape() {
    return shape;
  }

  /** Bytes of codes and scales. */
  public long byteSize() {
    return shape.size() + scaleInfo(scales.length).byteSize();
  }

  /** The scale of each row. */
  float[] scales() {
    return scales.clone();
  }

  /**
   * Fills {@code target} with codes, row-major.
   *
   * @param first element from which on
   * @throws CheckpointException if a code is -128, which a symmetric range lacks
   */
  void readCodes(long first, ByteBuffer target) {
    int from = target.position();
    file.readInto(name, first, target);
    boolean outside = false;
    for (int at = from; at < target.position(); at++) {
      outside |= target.get(at) == Byte.MIN_VALUE;
    }
    if (outside) {
      throw refused(path, "%s holds the code -128; symmetric int8 ends at -127", name);
    }
  }

  /**
   * Fills {@code target} with values in float32, row-major.
   *
   * @param offset of the first byte, if all of the matrix were in float32
   */
  void readValues(long offset, ByteBuffer target) {
    long first = offset / Float.BYTES;
    int count = target.remaining() / Float.BYTES;
    if (first * Float.BYTES != offset || count * Float.BYTES != target.remaining()) {
      throw new IllegalArgumentException(
          "bytes %d to %d of %s are not whole values"
              .formatted(offset, offset + target.remaining(), name));
    }
    ByteBuffer codes = ByteBuffer.allocate(count);
    readCodes(first, codes);
    ByteBuffer values = target.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    long columns = shape.get(1);
    for (int at = 0; at < count; ) {
      float scale = scales[(int) ((first + at) / columns)];
      int end = (int) Math.min(count, at + columns - (first + at) % columns);
      for (; at < end; at++) {
        values.putFloat(codes.get(at) * scale);
      }
    }
    target.position(values.position());
  }
}
