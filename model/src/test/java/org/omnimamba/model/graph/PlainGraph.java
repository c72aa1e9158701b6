package org.omnimamba.model.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.TestDevice;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GPUOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/** A graph of constants in which a block's outputs are computed and held against golden numbers. */
public final class PlainGraph implements AutoCloseable {
  private static final float ABSOLUTE = 1e-4f;
  private static final float RELATIVE = 1e-4f;

  private final Graph graph = new Graph();
  private final Ops tf = Ops.create(graph);
  private final Map<String, Operand<?>> fetched = new LinkedHashMap<>();

  public Ops tf() {
    return tf;
  }

  public Graph graph() {
    return graph;
  }

  public BlockContext context(TensorSource source) {
    return context(new ConstantParameters(tf, source));
  }

  public BlockContext context(ParameterSource parameters) {
    return new BlockContext(tf, parameters, Precision.FLOAT32);
  }

  public Operand<TFloat32> constant(Golden golden, String tensor) {
    return tf.constant(Shape.of(golden.shape(tensor)), DataBuffers.of(golden.floats(tensor)));
  }

  public Operand<TFloat32> constant(float[] values, long... shape) {
    return tf.constant(Shape.of(shape), DataBuffers.of(values));
  }

  public Operand<TInt64> codes(long[] values, long... shape) {
    return tf.constant(Shape.of(shape), DataBuffers.of(values));
  }

  public Operand<TFloat32> channelsLast(Operand<TFloat32> x) {
    return tf.linalg.transpose(x, tf.array(0, 2, 3, 1));
  }

  public Operand<TFloat32> channelsFirst(Operand<TFloat32> x) {
    return tf.linalg.transpose(x, tf.array(0, 3, 1, 2));
  }

  /** Asks for a result under the name of the golden tensor that it must equal. */
  public PlainGraph fetch(String golden, Operand<?> operand) {
    fetched.put(golden, operand);
    return this;
  }

  public Map<String, float[]> run() {
    Map<String, float[]> values = new LinkedHashMap<>();
    try (Session session = new Session(graph, configuration())) {
      Session.Runner runner = session.runner();
      fetched.values().forEach(operand -> runner.fetch((Output<?>) operand.asOutput()));
      try (Result result = runner.run()) {
        int index = 0;
        for (String name : fetched.keySet()) {
          values.put(name, floats(result.get(index++)));
        }
      }
    }
    return values;
  }

  private static ConfigProto configuration() {
    ConfigProto.Builder configuration = ConfigProto.newBuilder();
    if (TestDevice.isGpu()) {
      // operations that have no kernel there run beside it
      configuration.setAllowSoftPlacement(true);
      configuration.setGpuOptions(GPUOptions.newBuilder().setAllowGrowth(true));
    } else {
      configuration.putDeviceCount("GPU", 0);
    }
    return configuration.build();
  }

  /** Computes everything asked for and compares it with the case's tensors of the same names. */
  public void assertEquals(Golden golden) {
    run().forEach((name, actual) -> assertClose(name, actual, golden.floats(name)));
  }

  public static void assertClose(String name, float[] actual, float[] expected) {
    assertThat(actual).as(name).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      float difference = Math.abs(actual[i] - expected[i]);
      if (!(difference <= ABSOLUTE + RELATIVE * Math.abs(expected[i]))) {
        throw new AssertionError(
            "%s[%d] is %s, expected %s".formatted(name, i, actual[i], expected[i]));
      }
    }
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.shape().size())];
    if (tensor instanceof TInt64 longs) {
      int[] at = {0};
      longs.scalars().forEach(value -> values[at[0]++] = value.getLong());
    } else {
      tensor.asRawTensor().data().asFloats().read(values);
    }
    return values;
  }

  @Override
  public void close() {
    graph.close();
  }
}
