package org.omnimamba.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.model.kernel.PromptProjectionKernel.Adapter;
import org.omnimamba.model.kernel.PromptProjectionKernel.Sizes;
import org.omnimamba.model.kernel.PromptProjectionKernel.Tuning;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.HostBuffer;
import org.omnimamba.model.kernel.tile.TileInterpreter;

/** Products of a prompt's positions after a norm against the formula in double precision. */
class PromptProjectionKernelTest {
  private static final int LAYERS = 3;
  private static final int LAYER = 1;
  private static final int NEXT = 2;
  private static final int IN = 96;
  private static final int PIECES = 3;
  private static final float EPS = 1e-5f;

  /** 64 columns do not divide {@link #IN}: 32 are read at once. */
  private static final Tuning TUNING = new Tuning(16, 32, 64, 4, 3);

  private final Numbers numbers = new Numbers(8);

  /** What all kernels take. */
  private final class Inputs {
    final Sizes sizes;
    final HostBuffer x;
    final HostBuffer squares;
    final HostBuffer weight;

    Inputs(int length, int out) {
      this.sizes = new Sizes(length, IN, out, PIECES, EPS);
      this.x = numbers.buffer(Element.BF16, length * IN);
      this.squares = HostBuffer.of(Element.F32, numbers.between(0, 40, PIECES * length));
      this.weight = numbers.buffer(Element.BF16, LAYERS * out * IN);
    }

    List<HostBuffer> arguments() {
      return new ArrayList<>(List.of(Numbers.integer(LAYER), x, squares, weight));
    }

    double[] products() {
      double[] all = new double[sizes.length() * sizes.out()];
      for (int i = 0; i < all.length; i++) {
        int position = i / sizes.out();
        int first = (LAYER * sizes.out() + i % sizes.out()) * IN;
        double total = 0;
        for (int piece = 0; piece < PIECES; piece++) {
          total += squares.get(piece * sizes.length() + position);
        }
        double sum = 0;
        for (int j = 0; j < IN; j++) {
          sum += (double) x.get(position * IN + j) * weight.get(first + j);
        }
        all[i] = sum / Math.sqrt(total / IN + EPS);
      }
      return all;
    }
  }

  /** Positions and rows that the blocks divide, and others. */
  @ParameterizedTest
  @CsvSource({"16, 32", "48, 64", "5, 41", "33, 96", "40, 8"})
  void multiplies(int length, int out) {
    Inputs inputs = new Inputs(length, out);
    List<HostBuffer> arguments = inputs.arguments();
    HostBuffer result = HostBuffer.empty(Element.F32, length * out);
    arguments.add(result);
    TileInterpreter.run(PromptProjectionKernel.plain(inputs.sizes, TUNING), arguments);
    assertThat(result.isFilled()).isTrue();
    Numbers.assertClose(result.floats(), inputs.products(), Numbers.F32);
  }

  @ParameterizedTest
  @CsvSource({"16, 32, 16", "48, 64, 8", "5, 41, 4", "33, 96, 20"})
  void addsTheAdapter(int length, int out, int rank) {
    Inputs inputs = new Inputs(length, out);
    Adapter adapter = new Adapter(rank, 4);
    // factors that bfloat16 holds: what is tested is the sum
    HostBuffer inner =
        HostBuffer.of(Element.F32, numbers.buffer(Element.BF16, length * rank).floats());
    HostBuffer up = numbers.buffer(Element.BF16, LAYERS * out * rank);
    List<HostBuffer> arguments = inputs.arguments();
    HostBuffer result = HostBuffer.empty(Element.F32, length * out);
    arguments.addAll(List.of(inner, up, result));
    TileInterpreter.run(PromptProjectionKernel.adapted(inputs.sizes, adapter, TUNING), arguments);
    double[] expected = inputs.products();
    for (int i = 0; i < expected.length; i++) {
      for (int j = 0; j < rank; j++) {
        double second = up.get((LAYER * out + i % out) * rank + j);
        expected[i] += adapter.scaling() * inner.get(i / out * rank + j) * second;
      }
    }
    assertThat(result.isFilled()).isTrue();
    Numbers.assertClose(result.floats(), expected, Numbers.F32);
  }

  @ParameterizedTest
  @CsvSource({"16, 32", "48, 64", "5, 41", "33, 96"})
  void addsTheResidualAndPreparesTheNextNorm(int length, int out) {
    Inputs inputs = new Inputs(length, out);
    int count = length * out;
    int pieces = PromptProjectionKernel.pieces(inputs.sizes, TUNING);
    HostBuffer before = numbers.buffer(Element.F32, count);
    HostBuffer norms = numbers.buffer(Element.F32, LAYERS * out);
    HostBuffer after = HostBuffer.empty(Element.F32, count);
    HostBuffer scaled = HostBuffer.empty(Element.BF16, count);
    HostBuffer squares = HostBuffer.empty(Element.F32, pieces * length);
    List<HostBuffer> arguments = inputs.arguments();
    arguments.addAll(List.of(before, Numbers.integer(NEXT), norms, after, scaled, squares));
    TileInterpreter.run(PromptProjectionKernel.residual(inputs.sizes, TUNING), arguments);
    double[] sums = inputs.products();
    double[] normed = new double[count];
    double[] expectedSquares = new double[pieces * length];
    for (int i = 0; i < count; i++) {
      sums[i] += before.get(i);
      normed[i] = sums[i] * norms.get(NEXT * out + i % out);
      expectedSquares[i % out / TUNING.rows() * length + i / out] += sums[i] * sums[i];
    }
    assertThat(List.of(after, scaled, squares)).allMatch(HostBuffer::isFilled);
    Numbers.assertClose(after.floats(), sums, Numbers.F32);
    Numbers.assertClose(scaled.floats(), normed, Numbers.BF16);
    Numbers.assertClose(squares.floats(), expectedSquares, Numbers.F32);
  }

  /** However positions, rows and columns are cut, the products are the same. */
  @Test
  void givesTheSameForEveryTuning() {
    Inputs inputs = new Inputs(37, 41);
    for (int positions : new int[] {16, 64}) {
      for (int rows : new int[] {16, 64}) {
        for (int columns : new int[] {16, 512}) {
          List<HostBuffer> arguments = inputs.arguments();
          HostBuffer result = HostBuffer.empty(Element.F32, 37 * 41);
          arguments.add(result);
          Tuning tuning = new Tuning(positions, rows, columns, 4, 2);
          TileInterpreter.run(PromptProjectionKernel.plain(inputs.sizes, tuning), arguments);
          Numbers.assertClose(result.floats(), inputs.products(), Numbers.F32);
        }
      }
    }
  }
}
