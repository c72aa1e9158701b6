package org.omnimamba.model.graph;

import java.util.Arrays;
import java.util.List;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Reshape;
import org.tensorflow.op.linalg.MatMul;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.family.TNumber;

/**
 * What a building block needs to add itself to a graph: the operations, its parameters under their
 * prefix, and the precision of products.
 */
public final class BlockContext {
  private final Ops tf;
  private final ParameterSource parameters;
  private final Precision precision;
  private final String prefix;
  private final Probe probe;
  private final Forms forms;

  /** In which form products, convolutions and stacks of layers are added. */
  private record Forms(boolean convolvesByProducts, boolean streamsFewRows, Segments segments) {}

  public BlockContext(Ops tf, ParameterSource parameters, Precision precision) {
    this(tf, parameters, precision, "", Probe.NONE, new Forms(false, false, Segments.NONE));
  }

  private BlockContext(
      Ops tf,
      ParameterSource parameters,
      Precision precision,
      String prefix,
      Probe probe,
      Forms forms) {
    this.tf = tf;
    this.parameters = parameters;
    this.precision = precision;
    this.prefix = prefix;
    this.probe = probe;
    this.forms = forms;
  }

  /** The same context with a probe that sees the values which blocks {@link #expose}. */
  public BlockContext with(Probe observer) {
    return new BlockContext(tf, parameters, precision, prefix, observer, forms);
  }

  /**
   * The same context with convolutions as matrix products. They give the same within rounding, take
   * more memory, and compile sooner where the device would search for its fastest convolution.
   */
  public BlockContext convolvingByProducts() {
    return with(new Forms(true, forms.streamsFewRows(), forms.segments()));
  }

  /**
   * The same context with products of a few rows in the form that is fast in functions which XLA
   * compiles for the CPU, {@link StreamedProduct}. They give the same within rounding.
   */
  public BlockContext streamingFewRows() {
    return with(new Forms(forms.convolvesByProducts(), true, forms.segments()));
  }

  /** The same context with stacks of layers in segments. */
  public BlockContext segmented(Segments segments) {
    return with(new Forms(forms.convolvesByProducts(), forms.streamsFewRows(), segments));
  }

  /** How stacks of layers are added. */
  public Segments segments() {
    return forms.segments();
  }

  private BlockContext with(Forms others) {
    return new BlockContext(tf, parameters, precision, prefix, probe, others);
  }

  /** Shows an intermediate value to the probe. */
  public void expose(String name, Operand<TFloat32> value) {
    probe.see(prefix + name, value);
  }

  public Ops tf() {
    return tf;
  }

  public Precision precision() {
    return precision;
  }

  /** The same context for the parameters under {@code name + "."}. */
  public BlockContext in(String name) {
    return new BlockContext(tf, parameters, precision, prefix + name + ".", probe, forms);
  }

  /** The parameter in checkpoint layout, widened to float32. */
  public Operand<TFloat32> parameter(String name) {
    return tf.dtypes.cast(parameters.get(prefix + name), TFloat32.class);
  }

  /** The parameter in checkpoint layout and the type that products are computed in. */
  public Operand<? extends TNumber> stored(String name) {
    return parameters.get(prefix + name);
  }

  /**
   * {@code x · weight^T} without bias.
   *
   * @param x {@code [..., in]}, with a static rank
   * @param weight name of a parameter {@code [out, in]}
   * @return {@code [..., out]}
   */
  public Operand<TFloat32> linear(Operand<TFloat32> x, String weight) {
    Int8Weights int8 = parameters.int8(prefix + weight);
    if (int8 == null) {
      return timesTransposed(x, stored(weight));
    }
    // whole numbers up to 127 are exact in bfloat16 too, and a scale for each output can wait
    return tf.math.mul(timesTransposed(x, int8.codes(tf)), int8.scales());
  }

  /**
   * Some rows of a table, widened to float32; the others are not.
   *
   * @param table name of a parameter {@code [rows, width]}
   * @param rows numbers of rows, any shape
   * @return {@code [..., width]}
   */
  public Operand<TFloat32> rows(String table, Operand<TInt64> rows) {
    Int8Weights int8 = parameters.int8(prefix + table);
    return int8 == null
        ? tf.dtypes.cast(tf.gather(stored(table), rows, tf.constant(0)), TFloat32.class)
        : int8.rows(tf, rows);
  }

  /**
   * {@code x · weight^T + bias} of the layer {@code name}, from {@code name.weight} and {@code
   * name.bias}.
   */
  public Operand<TFloat32> linearWithBias(Operand<TFloat32> x, String name) {
    return tf.math.add(linear(x, name + ".weight"), parameter(name + ".bias"));
  }

  /**
   * {@code x · matrix^T} in the context's precision.
   *
   * @param x {@code [..., in]}
   * @param matrix {@code [out, in]}
   */
  public Operand<TFloat32> timesTransposed(Operand<TFloat32> x, Operand<? extends TNumber> matrix) {
    Shape shape = x.shape();
    int rank = shape.numDimensions();
    long in = shape.get(rank - 1);
    long out = matrix.shape().get(0);
    Operand<TFloat32> rows = rank == 2 ? x : tf.reshape(x, tf.array(-1L, in));
    Operand<TFloat32> product = multiply(rows, matrix);
    if (rank == 2) {
      return product;
    }
    return likeRows(product, x, shape, out);
  }

  /** {@code x} repeated to {@code shape}. */
  public Operand<TFloat32> broadcast(Operand<TFloat32> x, long... shape) {
    return tf.broadcastTo(x, indices(shape));
  }

  /** The part of {@code x} of the given size that starts at {@code begin}. */
  public Operand<TFloat32> slice(Operand<TFloat32> x, long[] begin, long[] size) {
    return tf.slice(x, indices(begin), indices(size));
  }

  /** The gradients of some operations want int32. */
  private Operand<TInt32> indices(long[] values) {
    return tf.constant(Arrays.stream(values).mapToInt(Math::toIntExact).toArray());
  }

  /**
   * A product of two factors in the context's precision.
   *
   * @param equation in Einstein's notation, for example {@code bqc,bkc->bqk}
   */
  public Operand<TFloat32> einsum(
      String equation, Operand<TFloat32> left, Operand<TFloat32> right) {
    if (precision == Precision.BFLOAT16) {
      List<Operand<TBfloat16>> factors =
          List.of(tf.dtypes.cast(left, TBfloat16.class), tf.dtypes.cast(right, TBfloat16.class));
      return tf.dtypes.cast(tf.linalg.einsum(factors, equation), TFloat32.class);
    }
    return tf.linalg.einsum(List.of(left, right), equation);
  }

  /**
   * A convolution without bias in the context's precision.
   *
   * @param x {@code [batch, height, width, in]}
   * @param weight name of a parameter {@code [out, in, side, side]}
   * @param strides one for each dimension of {@code x}
   * @param padding {@code SAME} or {@code VALID}
   */
  public Operand<TFloat32> convolve(
      Operand<TFloat32> x, String weight, List<Long> strides, String padding) {
    Operand<? extends TNumber> filter = parameters.filter(tf, prefix + weight);
    if (precision == Precision.BFLOAT16) {
      return tf.dtypes.cast(
          convolved(
              tf.dtypes.cast(x, TBfloat16.class),
              tf.dtypes.cast(filter, TBfloat16.class),
              strides,
              padding),
          TFloat32.class);
    }
    return convolved(x, tf.dtypes.cast(filter, TFloat32.class), strides, padding);
  }

  private <T extends TNumber> Operand<T> convolved(
      Operand<T> x, Operand<T> filter, List<Long> strides, String padding) {
    return forms.convolvesByProducts()
        ? new ConvolutionProduct<T>(tf).apply(x, filter, strides.get(1), padding.equals("SAME"))
        : tf.nn.conv2d(x, filter, strides, padding);
  }

  private Operand<TFloat32> multiply(Operand<TFloat32> rows, Operand<? extends TNumber> matrix) {
    if (forms.streamsFewRows() && StreamedProduct.suits(rows.shape(), matrix.shape())) {
      return new StreamedProduct(tf).apply(rounded(rows), matrix);
    }
    if (precision == Precision.BFLOAT16) {
      return tf.dtypes.cast(
          tf.linalg.matMul(
              tf.dtypes.cast(rows, TBfloat16.class),
              tf.dtypes.cast(matrix, TBfloat16.class),
              MatMul.transposeB(true)),
          TFloat32.class);
    }
    return tf.linalg.matMul(rows, tf.dtypes.cast(matrix, TFloat32.class), MatMul.transposeB(true));
  }

  private Operand<TFloat32> rounded(Operand<TFloat32> rows) {
    return precision == Precision.BFLOAT16
        ? tf.dtypes.cast(tf.dtypes.cast(rows, TBfloat16.class), TFloat32.class)
        : rows;
  }

  private Reshape<TFloat32> likeRows(
      Operand<TFloat32> product, Operand<TFloat32> x, Shape shape, long out) {
    int rank = shape.numDimensions();
    if (!shape.hasUnknownDimension()) {
      long[] dims = shape.asArray();
      dims[rank - 1] = out;
      return tf.reshape(product, tf.constant(dims));
    }
    Operand<TInt64> leading =
        tf.slice(tf.shape(x, TInt64.class), tf.array(0L), tf.array((long) rank - 1));
    return tf.reshape(product, tf.concat(List.of(leading, tf.array(out)), tf.constant(0)));
  }
}
