package org.omnimamba.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.model.kernel.EmbeddingKernel.Sizes;
import org.omnimamba.model.kernel.EmbeddingKernel.Tables;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.HostBuffer;
import org.omnimamba.model.kernel.tile.TileInterpreter;

class EmbeddingKernelTest {
  private static final int VOCABULARY = 11;
  private static final int POSITIONS = 7;

  private final Numbers numbers = new Numbers(4);

  /** A table of tokens and one of positions. */
  private record Pair(HostBuffer tokens, HostBuffer positions) {
    double get(long token, long position, int width, int column) {
      int row = (int) Math.max(0, token);
      int place = (int) Math.min(POSITIONS - 1, position);
      return (double) tokens.get(row * width + column) + positions.get(place * width + column);
    }
  }

  private Pair pair(Element tokens, int width) {
    return new Pair(
        numbers.buffer(tokens, VOCABULARY * width),
        numbers.buffer(Element.BF16, POSITIONS * width));
  }

  /** Widths that pieces divide, a number of pieces that is no power of two, and one kind or two. */
  @ParameterizedTest
  @CsvSource({"32, 8, 1", "32, 8, 2", "48, 16, 2", "40, 16, 1"})
  void addsTokensAndPositions(int width, int columns, int kinds) {
    long[] tokens = {3, -1, 10, 0};
    long[] positions = {0, 6, 2, 9};
    float[] second = {0, 1, 1, 0};
    int batch = tokens.length;
    Sizes sizes = new Sizes(batch, width, columns);
    List<Pair> pairs = List.of(pair(Element.BF16, width), pair(Element.F32, width));
    List<Tables> tables =
        List.of(
            new Tables(Element.BF16_POINTER, POSITIONS),
            new Tables(Element.F32_POINTER, POSITIONS));
    HostBuffer norm = numbers.buffer(Element.F32, 2 * width);
    HostBuffer out = HostBuffer.empty(Element.F32, batch * width);
    HostBuffer scaled = HostBuffer.empty(Element.BF16, batch * width);
    HostBuffer squares = HostBuffer.empty(Element.F32, sizes.pieces() * batch);
    List<HostBuffer> arguments =
        new ArrayList<>(
            List.of(HostBuffer.of(Element.I64, tokens), HostBuffer.of(Element.I64, positions)));
    for (Pair one : pairs.subList(0, kinds)) {
      arguments.addAll(List.of(one.tokens(), one.positions()));
    }
    if (kinds == 2) {
      arguments.add(HostBuffer.of(Element.F32, second));
    }
    arguments.addAll(List.of(norm, out, scaled, squares));

    TileInterpreter.run(EmbeddingKernel.of(sizes, tables.subList(0, kinds)), arguments);

    double[] expected = new double[batch * width];
    double[] normed = new double[batch * width];
    double[] expectedSquares = new double[sizes.pieces() * batch];
    for (int i = 0; i < expected.length; i++) {
      int row = i / width;
      int column = i % width;
      Pair own = pairs.get(kinds == 2 && second[row] == 1 ? 1 : 0);
      expected[i] = own.get(tokens[row], positions[row], width, column);
      normed[i] = expected[i] * norm.get(column);
      expectedSquares[column / columns * batch + row] += expected[i] * expected[i];
    }
    assertThat(List.of(out, scaled, squares)).allMatch(HostBuffer::isFilled);
    Numbers.assertClose(out.floats(), expected, Numbers.F32);
    Numbers.assertClose(scaled.floats(), normed, Numbers.BF16);
    Numbers.assertClose(squares.floats(), expectedSquares, Numbers.F32);
  }
}
