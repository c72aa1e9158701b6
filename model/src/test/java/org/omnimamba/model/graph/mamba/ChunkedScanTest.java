package org.omnimamba.model.graph.mamba;

import static org.assertj.core.api.Assertions.assertThat;
import static org.omnimamba.model.testing.Tolerances.assertClose;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.testing.TestDevice;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The matrix form against the recurrence that it stands for, token by token in Java. */
class ChunkedScanTest {
  private static final int HEADS = 2;
  private static final int HEAD_DIM = 3;
  private static final int STATE = 4;
  private static final int CHUNK = 8;

  private final Random random = new Random(7);

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 9, 16, 29})
  void equalsTheRecurrenceAtAnyLength(int length) {
    Values values = new Values(length, 1f);
    try (DeviceProgram program = new DeviceProgram(TestDevice.execution().withCompile(false))) {
      CompiledFunction scan =
          program.function(
              "scan",
              scope -> {
                ChunkedScan.Output output =
                    new ChunkedScan(scope.tf(), CHUNK).apply(input(scope, length));
                return List.of(output.y(), output.after());
              });
      CompiledFunction.Outputs outputs = values.feed(scan.call()).run();
      assertClose("y", outputs.floats(0), values.expectedY(), 1e-5f);
      assertClose("state", outputs.floats(1), values.state, 1e-5f);
    }
  }

  @Test
  void behaviour33GradientsAreFiniteWhereTheUpperTriangleOverflows() {
    int length = 20;
    // exponents above the diagonal reach several hundred, far beyond what exp can hold
    Values values = new Values(length, 60f);
    try (DeviceProgram program = new DeviceProgram(TestDevice.execution().withCompile(false))) {
      CompiledFunction gradients =
          program.function(
              "gradients",
              scope -> {
                ChunkedScan.Input input = input(scope, length);
                ChunkedScan.Output output = new ChunkedScan(scope.tf(), CHUNK).apply(input);
                return gradients(scope, input, output);
              });
      CompiledFunction.Outputs outputs = values.feed(gradients.call()).run();
      for (int i = 0; i < 6; i++) {
        assertThat(outputs.floats(i)).as("gradient " + i).doesNotContain(Float.NaN);
        for (float gradient : outputs.floats(i)) {
          assertThat(gradient).isFinite();
        }
      }
    }
  }

  @Test
  void gradientsEqualFiniteDifferences() {
    int length = 11;
    Values values = new Values(length, 1f);
    try (DeviceProgram program = new DeviceProgram(TestDevice.execution().withCompile(false))) {
      CompiledFunction function =
          program.function(
              "loss",
              scope -> {
                ChunkedScan.Input input = input(scope, length);
                ChunkedScan.Output output = new ChunkedScan(scope.tf(), CHUNK).apply(input);
                return gradients(scope, input, output);
              });
      CompiledFunction.Outputs outputs = values.feed(function.call()).run();
      float step = 1e-2f;
      for (int argument = 0; argument < 6; argument++) {
        float[] array = values.arrays().get(argument);
        int element = array.length / 2;
        float kept = array[element];
        array[element] = kept + step;
        float above = values.feed(function.call()).run().floats(6)[0];
        array[element] = kept - step;
        float below = values.feed(function.call()).run().floats(6)[0];
        array[element] = kept;
        float expected = (above - below) / (2 * step);
        assertThat(outputs.floats(argument)[element])
            .as("gradient %d", argument)
            .isCloseTo(
                expected, org.assertj.core.data.Offset.offset(2e-2f * (1 + Math.abs(expected))));
      }
    }
  }

  /** Gradients of {@code sum(y^2) / 2 + sum(after)} by all six arguments, and that loss. */
  private static List<Operand<?>> gradients(
      FunctionScope scope, ChunkedScan.Input input, ChunkedScan.Output output) {
    Ops tf = scope.tf();
    Operand<TFloat32> loss =
        tf.math.add(
            tf.math.mul(
                tf.reduceSum(tf.math.square(output.y()), tf.array(0, 1, 2, 3)), tf.constant(0.5f)),
            tf.reduceSum(output.after(), tf.array(0, 1, 2, 3)));
    Output<?>[] gradients =
        ((Graph) tf.scope().env())
            .addGradients(
                loss.asOutput(),
                new Output<?>[] {
                  input.x().asOutput(),
                  input.dt().asOutput(),
                  input.a().asOutput(),
                  input.b().asOutput(),
                  input.c().asOutput(),
                  input.before().asOutput()
                });
    List<Operand<?>> outputs = new java.util.ArrayList<>(Arrays.asList(gradients));
    outputs.add(loss);
    return outputs;
  }

  private static ChunkedScan.Input input(FunctionScope scope, int length) {
    return new ChunkedScan.Input(
        scope.input(TFloat32.class, Shape.of(1, length, HEADS, HEAD_DIM)),
        scope.input(TFloat32.class, Shape.of(1, length, HEADS)),
        scope.input(TFloat32.class, Shape.of(HEADS)),
        scope.input(TFloat32.class, Shape.of(1, length, STATE)),
        scope.input(TFloat32.class, Shape.of(1, length, STATE)),
        scope.input(TFloat32.class, Shape.of(1, STATE, HEADS, HEAD_DIM)));
  }

  /** Random inputs, and the recurrence over them. */
  private final class Values {
    private final int length;
    private final float[] x;
    private final float[] dt;
    private final float[] a = {-0.3f, -1.7f};
    private final float[] b;
    private final float[] c;
    private final float[] before;
    private float[] state;

    Values(int length, float stepSize) {
      this.length = length;
      this.x = normal(length * HEADS * HEAD_DIM);
      this.dt = new float[length * HEADS];
      for (int i = 0; i < dt.length; i++) {
        dt[i] = stepSize * random.nextFloat();
      }
      this.b = normal(length * STATE);
      this.c = normal(length * STATE);
      this.before = normal(STATE * HEADS * HEAD_DIM);
      this.state = before.clone();
    }

    List<float[]> arrays() {
      return List.of(x, dt, a, b, c, before);
    }

    CompiledFunction.Call feed(CompiledFunction.Call call) {
      arrays().forEach(call::floats);
      return call;
    }

    /** Runs the recurrence and leaves its last state in {@link #state}. */
    float[] expectedY() {
      float[] y = new float[x.length];
      state = before.clone();
      for (int t = 0; t < length; t++) {
        for (int head = 0; head < HEADS; head++) {
          double decay = Math.exp(dt[t * HEADS + head] * a[head]);
          for (int p = 0; p < HEAD_DIM; p++) {
            int channel = head * HEAD_DIM + p;
            int token = t * HEADS * HEAD_DIM + channel;
            double sum = 0;
            for (int n = 0; n < STATE; n++) {
              int place = n * HEADS * HEAD_DIM + channel;
              state[place] =
                  (float)
                      (state[place] * decay + dt[t * HEADS + head] * x[token] * b[t * STATE + n]);
              sum += (double) state[place] * c[t * STATE + n];
            }
            y[token] = (float) sum;
          }
        }
      }
      return y;
    }

    private float[] normal(int count) {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) random.nextGaussian();
      }
      return values;
    }
  }
}
