package org.omnimamba.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.omnimamba.model.kernel.ProjectionKernel.Sizes;
import org.omnimamba.model.kernel.ProjectionKernel.Tuning;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.HostBuffer;
import org.omnimamba.model.kernel.tile.TileInterpreter;

/** Products after a norm against the formula in double precision. */
class ProjectionKernelTest {
  private static final int LAYERS = 3;
  private static final int LAYER = 1;
  private static final int NEXT = 2;
  private static final int IN = 96;
  private static final int ROWS = 16;
  private static final float EPS = 1e-5f;

  private final Numbers numbers = new Numbers(7);

  /** Outputs and adapters that {@link #ROWS} divides, and others. */
  static List<Sizes> sizes() {
    List<Sizes> all = new ArrayList<>();
    for (int batch : new int[] {1, 3, 16, 32}) {
      for (int out : new int[] {48, 41}) {
        for (int rank : new int[] {0, 16, 8, 20}) {
          int pieces = out == 48 ? 4 : 3;
          all.add(new Sizes(batch, IN, out, pieces, EPS, rank));
        }
      }
    }
    return all;
  }

  static List<Sizes> withoutAdapters() {
    return sizes().stream().filter(sizes -> sizes.adapterRows() == 0).toList();
  }

  /** 64 columns do not divide {@link #IN}: 32 are read at once. */
  private static Tuning tuning(Sizes sizes) {
    return sizes.batch() == 1 ? new Tuning(4, 64, 4, 1) : new Tuning(ROWS, 64, 4, 3);
  }

  /** What a kernel takes. */
  private final class Inputs {
    final Sizes sizes;
    final HostBuffer x;
    final HostBuffer squares;
    final List<HostBuffer> weights = new ArrayList<>();

    Inputs(Sizes sizes) {
      this.sizes = sizes;
      this.x = numbers.buffer(Element.BF16, sizes.batch() * IN);
      int count = sizes.pieces() * sizes.batch();
      this.squares = HostBuffer.of(Element.F32, numbers.between(0, 40, count));
      weights.add(numbers.buffer(Element.BF16, LAYERS * sizes.out() * IN));
      for (int i = 0; i < 2 && sizes.adapterRows() > 0; i++) {
        weights.add(numbers.buffer(Element.BF16, LAYERS * sizes.adapterRows() * IN));
      }
    }

    List<HostBuffer> arguments() {
      List<HostBuffer> all = new ArrayList<>(List.of(Numbers.integer(LAYER), x, squares));
      all.addAll(weights);
      return all;
    }

    /** {@code 1 / sqrt(sum of squares / in + eps)} of a row. */
    private double scale(int row) {
      double total = 0;
      for (int piece = 0; piece < sizes.pieces(); piece++) {
        total += squares.get(piece * sizes.batch() + row);
      }
      return 1 / Math.sqrt(total / IN + EPS);
    }

    /** A row of x times a row of this layer's weight. */
    private double product(int row, HostBuffer weight, int output, int outputs) {
      double sum = 0;
      for (int i = 0; i < IN; i++) {
        sum += (double) x.get(row * IN + i) * weight.get((LAYER * outputs + output) * IN + i);
      }
      return sum * scale(row);
    }

    /** {@code [batch, out + 2 rank]}. */
    double[] products() {
      int rank = sizes.adapterRows();
      int width = sizes.out() + 2 * rank;
      double[] all = new double[sizes.batch() * width];
      for (int i = 0; i < all.length; i++) {
        int row = i / width;
        int output = i % width;
        int behind = output - sizes.out();
        all[i] =
            behind < 0
                ? product(row, weights.get(0), output, sizes.out())
                : product(row, weights.get(1 + behind / rank), behind % rank, rank);
      }
      return all;
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void multipliesWithAllWeights(Sizes sizes) {
    Inputs inputs = new Inputs(sizes);
    List<HostBuffer> arguments = inputs.arguments();
    HostBuffer out = HostBuffer.empty(Element.F32, sizes.batch() * sizes.width());
    arguments.add(out);
    TileInterpreter.run(ProjectionKernel.plain(sizes, tuning(sizes)), arguments);
    assertThat(out.isFilled()).isTrue();
    Numbers.assertClose(out.floats(), inputs.products(), Numbers.F32);
  }

  @ParameterizedTest
  @MethodSource("withoutAdapters")
  void addsTheResidualAndPreparesTheNextNorm(Sizes sizes) {
    Inputs inputs = new Inputs(sizes);
    Tuning tuning = tuning(sizes);
    int count = sizes.batch() * sizes.out();
    int pieces = ProjectionKernel.pieces(sizes, tuning);
    HostBuffer before = numbers.buffer(Element.F32, count);
    HostBuffer norms = numbers.buffer(Element.F32, LAYERS * sizes.out());
    HostBuffer out = HostBuffer.empty(Element.F32, count);
    HostBuffer scaled = HostBuffer.empty(Element.BF16, count);
    HostBuffer squares = HostBuffer.empty(Element.F32, pieces * sizes.batch());
    List<HostBuffer> arguments = inputs.arguments();
    arguments.addAll(List.of(before, Numbers.integer(NEXT), norms, out, scaled, squares));

    TileInterpreter.run(ProjectionKernel.residual(sizes, tuning), arguments);

    double[] sums = inputs.products();
    double[] normed = new double[count];
    double[] expectedSquares = new double[pieces * sizes.batch()];
    for (int i = 0; i < count; i++) {
      int row = i / sizes.out();
      int output = i % sizes.out();
      sums[i] += before.get(i);
      normed[i] = sums[i] * norms.get(NEXT * sizes.out() + output);
      expectedSquares[output / tuning.rows() * sizes.batch() + row] += sums[i] * sums[i];
    }
    assertThat(List.of(out, scaled, squares)).allMatch(HostBuffer::isFilled);
    Numbers.assertClose(out.floats(), sums, Numbers.F32);
    Numbers.assertClose(scaled.floats(), normed, Numbers.BF16);
    Numbers.assertClose(squares.floats(), expectedSquares, Numbers.F32);
  }

  /** However rows and columns are cut, the products are the same. */
  @Test
  void givesTheSameForEveryTuning() {
    Sizes sizes = new Sizes(3, IN, 41, 3, EPS, 8);
    Inputs inputs = new Inputs(sizes);
    for (int rows : new int[] {16, 32, 64}) {
      for (int columns : new int[] {16, 32, 512}) {
        List<HostBuffer> arguments = inputs.arguments();
        HostBuffer out = HostBuffer.empty(Element.F32, 3 * sizes.width());
        arguments.add(out);
        Tuning tuning = new Tuning(rows, columns, 4, 2);
        TileInterpreter.run(ProjectionKernel.plain(sizes, tuning), arguments);
        Numbers.assertClose(out.floats(), inputs.products(), Numbers.F32);
      }
    }
  }
}
