package org.omnimamba.model.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.model.device.CompiledFunction;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.DeviceVariable;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.device.TensorMemory;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TNumber;

/** Products of a few rows with a matrix, streamed and plain, on the CPU. */
class StreamedProductTest {

  @ParameterizedTest(name = "{0} rows, {1} x {2}, {3}, {4}")
  @CsvSource({
    "1, 100, 96, F32, FLOAT32",
    "3, 100, 96, F32, FLOAT32",
    "8, 64, 64, F32, FLOAT32",
    "1, 64, 4096, F32, FLOAT32",
    "2, 64, 4096, BF16, FLOAT32",
    "1, 100, 96, BF16, FLOAT32",
    "4, 100, 96, BF16, BFLOAT16",
    // too small and too many: the plain form
    "2, 100, 8, F32, FLOAT32",
    "9, 100, 96, F32, FLOAT32"
  })
  void aStreamedProductIsThePlainOneWithinRounding(
      int rows, int out, int in, ElementType type, Precision precision) {
    try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu())) {
      Random random = new Random(7);
      float[] weights = gaussians(random, out * in);
      DeviceVariable matrix =
          program
              .variables()
              .create(
                  "matrix",
                  ElementType.F32,
                  Shape.of(out, in),
                  memory -> TensorMemory.write(memory, weights));
      float[] x = gaussians(random, rows * in);
      float[] plain = product(program, matrix, type, x, rows, precision, false);
      float[] streamed = product(program, matrix, type, x, rows, precision, true);
      assertThat(streamed).hasSameSizeAs(plain);
      double tolerance = precision == Precision.BFLOAT16 ? 0.25 : 2e-6 * in;
      for (int i = 0; i < plain.length; i++) {
        assertThat(streamed[i]).as("element %d", i).isCloseTo(plain[i], within((float) tolerance));
      }
    }
  }

  @ParameterizedTest(name = "{0} rows, {1} x {2}, {3}")
  @CsvSource({
    "1, 100, 96, FLOAT32",
    "2, 100, 96, FLOAT32",
    "4, 64, 4096, FLOAT32",
    "1, 64, 4096, FLOAT32",
    "4, 100, 96, BFLOAT16",
    // the plain form
    "2, 100, 8, FLOAT32",
    "9, 100, 96, FLOAT32"
  })
  void aProductWithInt8IsTheOneWithItsValuesWithinRounding(
      int rows, int out, int in, Precision precision) {
    try (DeviceProgram program = new DeviceProgram(ExecutionOptions.cpu())) {
      Random random = new Random(8);
      byte[] codes = new byte[out * in];
      float[] scales = new float[out];
      for (int i = 0; i < codes.length; i++) {
        codes[i] = (byte) (random.nextInt(255) - 127);
      }
      for (int row = 0; row < out; row++) {
        scales[row] = 0.001f + random.nextFloat();
      }
      DeviceVariable bytes =
          program
              .variables()
              .create(
                  "codes",
                  ElementType.U8,
                  Shape.of(out, in),
                  memory -> TensorMemory.write(memory, codes));
      DeviceVariable scale =
          program
              .variables()
              .create(
                  "scales",
                  ElementType.F32,
                  Shape.of(out),
                  memory -> TensorMemory.write(memory, scales));
      float[] x = gaussians(random, rows * in);
      CompiledFunction function =
          program.function(
              "product",
              scope -> {
                Int8Weights int8 =
                    new Int8Weights(
                        scope.read(bytes, TUint8.class), scope.read(scale, TFloat32.class));
                BlockContext context =
                    new BlockContext(scope.tf(), new Int8Parameter(int8, scope.tf()), precision)
                        .streamingFewRows();
                Operand<TFloat32> input = scope.input(TFloat32.class, Shape.of(rows, in));
                return List.of(
                    scope.tf().math.add(context.linear(input, "w"), scope.tf().constant(0.5f)));
              });
      float[] product = function.call().floats(x).run().floats(0);
      for (int row = 0; row < rows; row++) {
        for (int o = 0; o < out; o++) {
          double sum = 0;
          double magnitude = 0;
          for (int i = 0; i < in; i++) {
            double term = (double) x[row * in + i] * (codes[o * in + i] * scales[o]);
            sum += term;
            magnitude += Math.abs(term);
          }
          // of float32 sums, or of factors rounded to bfloat16
          double tolerance = magnitude * (precision == Precision.BFLOAT16 ? 0x1p-9 : 2e-6);
          assertThat((double) product[row * out + o])
              .as("row %d, output %d", row, o)
              .isCloseTo(sum + 0.5, within(tolerance + 1e-6));
        }
      }
    }
  }

  /** One parameter, kept in int8. */
  private record Int8Parameter(Int8Weights weights, Ops tf) implements ParameterSource {
    @Override
    public Operand<? extends TNumber> get(String name) {
      return weights.values(tf);
    }

    @Override
    public Int8Weights int8(String name) {
      return weights;
    }
  }

  private static float[] product(
      DeviceProgram program,
      DeviceVariable matrix,
      ElementType type,
      float[] x,
      int rows,
      Precision precision,
      boolean streamed) {
    CompiledFunction function =
        program.function(
            "product",
            scope -> {
              assertThat(scope.compiledForCpu()).isTrue();
              BlockContext context =
                  new BlockContext(
                      scope.tf(),
                      name ->
                          scope
                              .tf()
                              .dtypes
                              .cast(
                                  scope.read(matrix, TFloat32.class),
                                  type.tensorClass().asSubclass(TNumber.class)),
                      precision);
              Operand<TFloat32> in =
                  scope.input(TFloat32.class, Shape.of(rows, matrix.shape().get(1)));
              BlockContext used = streamed ? context.streamingFewRows() : context;
              Operand<TFloat32> product = used.linear(in, "matrix");
              // what follows in a layer: an addition
              return List.of(scope.tf().math.add(product, scope.tf().constant(0.5f)));
            });
    return function.call().floats(x).run().floats(0);
  }

  private static float[] gaussians(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
