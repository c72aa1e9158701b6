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
import org.tensorflow.types.TFloat32;
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
