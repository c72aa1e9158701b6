package org.omnimamba.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.HostBuffer;

/** Convolution and scan of a prompt's piece against as many steps in double precision. */
class PromptKernelsTest {
  private static final LanguageModelConfig CONFIG = PromptPiece.config();
  private static final int LAYER = 1;
  private static final PromptConvKernel.Tuning CONV = new PromptConvKernel.Tuning(16, 32, 4);
  private static final PromptStateKernel.Tuning STATES = new PromptStateKernel.Tuning(16, 16, 4, 1);
  private static final PromptOutputKernel.Tuning OUTPUTS = new PromptOutputKernel.Tuning(16, 16, 4);

  /** Half the distance of float16 numbers; a sum of products has rounded factors. */
  private static final double F16 = 0x1p-11;

  private final Numbers numbers = new Numbers(5);
  private final StateParameters parameters = StateParameters.random(numbers, CONFIG, LAYER);

  private PromptPiece piece(Element stateElement, int length) {
    return new PromptPiece(parameters, stateElement, length, numbers);
  }

  /**
   * Pieces of whole chunks and of others, of which all or some positions count, fewer than the ring
   * has places among them; into the row they come from and into another.
   */
  @ParameterizedTest
  @CsvSource({
    "16, 16, 1, 1, 7",
    "48, 48, 1, 3, 5",
    "48, 33, 2, 2, 2",
    "40, 40, 0, 4, 1",
    "40, 17, 3, 1, 0",
    "16, 1, 2, 2, 6",
    "16, 2, 2, 2, 9",
    "32, 3, 4, 0, 3",
    "24, 4, 0, 0, 100"
  })
  void followTheFormulas(int length, int count, int from, int to, int seen) {
    PromptPiece piece = piece(Element.F32, length);
    StateReference expected = piece.reference(from, seen);
    piece.run(CONV, STATES, OUTPUTS, count, from, to, seen);
    double largest = 0;
    for (int position = 0; position < count; position++) {
      expected.step(piece.left(position), false);
      double[] gated = expected.gated;
      largest = Math.max(largest, Arrays.stream(gated).map(Math::abs).max().orElseThrow());
      assertSame(piece, position, gated, largest);
    }
    StateReference actual = piece.reference(to, seen + count);
    for (int age = 0; age < CONFIG.dConv(); age++) {
      Numbers.assertClose(floats(actual.window[age]), expected.window[age], Numbers.F32);
    }
    for (int state = 0; state < CONFIG.dState(); state++) {
      assertNear(floats(actual.ssm[state]), expected.ssm[state], 4 * F16, 4);
    }
  }

  private void assertSame(PromptPiece piece, int position, double[] gated, double largest) {
    double[] out = new double[gated.length];
    double[] squares = new double[gated.length / OUTPUTS.columns()];
    for (int i = 0; i < out.length; i++) {
      out[i] = gated[i] * parameters.get(parameters.norm(), i);
      squares[i / OUTPUTS.columns()] += gated[i] * gated[i];
    }
    assertNear(piece.out(position), out, Numbers.BF16 + 4 * F16, largest);
    assertNear(piece.squares(position), squares, 16 * F16, largest * largest);
  }

  /** Terms of a sum cancel: their rounding is that of the largest. */
  private static void assertNear(
      float[] actual, double[] expected, double tolerance, double largest) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs(actual[i] - expected[i]))
          .as("%s instead of %s at place %s", actual[i], expected[i], i)
          .isLessThanOrEqualTo(tolerance * (Math.abs(expected[i]) + largest));
    }
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** A piece in two parts leaves what it leaves in one. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "F16"})
  void goOnWhereAPieceEnded(Element stateElement) {
    Numbers same = new Numbers(9);
    PromptPiece whole = new PromptPiece(parameters, stateElement, 32, same);
    whole.run(CONV, STATES, OUTPUTS, 32, 0, 1, 0);
    PromptPiece parts = new PromptPiece(parameters, stateElement, 32, new Numbers(9));
    parts.run(CONV, STATES, OUTPUTS, 19, 0, 1, 0);
    StateReference behind = parts.reference(1, 19);
    for (int position = 19; position < 32; position++) {
      behind.step(parts.left(position), false);
    }
    StateReference actual = whole.reference(1, 32);
    for (int state = 0; state < CONFIG.dState(); state++) {
      assertNear(floats(actual.ssm[state]), behind.ssm[state], 8 * F16, 4);
    }
    for (int age = 0; age < CONFIG.dConv(); age++) {
      Numbers.assertClose(floats(actual.window[age]), behind.window[age], Numbers.F32);
    }
  }

  @Test
  void leaveOtherRowsAndLayersAlone() {
    PromptPiece piece = piece(Element.F16, 24);
    HostBuffer ring = piece.ring.copy();
    HostBuffer ssm = piece.ssm.copy();
    piece.run(CONV, STATES, OUTPUTS, 20, 2, 3, 4);
    int rows = CONFIG.layers() * PromptPiece.STATE_ROWS;
    for (int row = 0; row < rows; row++) {
      boolean changes = row == LAYER * PromptPiece.STATE_ROWS + 3;
      assertThat(part(piece.ring, row, rows).equals(part(ring, row, rows)))
          .as("the ring of row %s stays", row)
          .isNotEqualTo(changes);
      assertThat(part(piece.ssm, row, rows).equals(part(ssm, row, rows)))
          .as("the state of row %s stays", row)
          .isNotEqualTo(changes);
    }
  }

  private static List<Float> part(HostBuffer buffer, int row, int rows) {
    int size = buffer.size() / rows;
    float[] values = Arrays.copyOfRange(buffer.floats(), row * size, (row + 1) * size);
    Float[] boxed = new Float[size];
    Arrays.setAll(boxed, i -> values[i]);
    return List.of(boxed);
  }

  /** However columns and positions are cut, the results are the same within rounding. */
  @ParameterizedTest
  @CsvSource({"16, 32, 16", "32, 16, 32", "32, 64, 16"})
  void giveTheSameForEveryTuning(int columns, int chunk, int positions) {
    PromptPiece expected = new PromptPiece(parameters, Element.F32, 40, new Numbers(2));
    expected.run(CONV, STATES, OUTPUTS, 37, 1, 2, 3);
    PromptPiece actual = new PromptPiece(parameters, Element.F32, 40, new Numbers(2));
    actual.run(
        new PromptConvKernel.Tuning(positions, 64, 4),
        new PromptStateKernel.Tuning(columns, chunk, 4, 2),
        new PromptOutputKernel.Tuning(32, chunk, 8),
        37,
        1,
        2,
        3);
    assertThat(actual.convolved.sameAs(expected.convolved)).isTrue();
    assertThat(actual.ring.sameAs(expected.ring)).isTrue();
    for (int position = 0; position < 37; position++) {
      float[] out = expected.out(position);
      double[] doubles = new double[out.length];
      Arrays.setAll(doubles, i -> out[i]);
      assertNear(actual.out(position), doubles, 2 * Numbers.BF16, 2);
    }
  }

  @Test
  void refuseTuningsThatDoNotFit() {
    LayerSizes sizes = new LayerSizes(CONFIG, 16);
    PromptStateKernel.Tuning states = new PromptStateKernel.Tuning(64, 16, 4, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PromptStateKernel.of(sizes, 1, Element.F32_POINTER, states))
        .withMessageContaining("heads of 32 columns");
    PromptOutputKernel.Tuning outputs = new PromptOutputKernel.Tuning(64, 16, 4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PromptOutputKernel.of(sizes, outputs))
        .withMessageContaining("heads of 32 columns");
  }
}
