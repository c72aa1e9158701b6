package org.omnimamba.model.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.kernel.StateKernel.Tuning;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.HostBuffer;
import org.omnimamba.model.kernel.tile.Kernel;
import org.omnimamba.model.kernel.tile.KernelBuilder;
import org.omnimamba.model.kernel.tile.Tile;
import org.omnimamba.model.kernel.tile.TileInterpreter;

/** Steps of several rows against the mixer's formulas in double precision. */
class StateKernelTest {
  private static final LanguageModelConfig CONFIG = StateParameters.tinyConfig();
  private static final int LAYER = 1;
  private static final Tuning TUNING = new Tuning(8, 2, 4);

  private final Numbers numbers = new Numbers(11);
  private final StateParameters parameters = StateParameters.random(numbers, CONFIG, LAYER);

  /** More steps than the ring has places. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "F16"})
  void followsTheFormulas(Element stateElement) {
    StateWindow window = new StateWindow(parameters, stateElement, numbers);
    Map<Integer, StateReference> references = new HashMap<>();
    window.active().forEach(row -> references.put(row, window.reference(row)));
    for (int step = 0; step < CONFIG.dConv() + 2; step++) {
      HostBuffer projected = window.projected(numbers);
      window.step(TUNING, projected);
      for (int row : window.active()) {
        StateReference reference = references.get(row);
        reference.step(row(projected, row), window.draws(row));
        assertSame(window, row, reference, stateElement);
      }
    }
  }

  /**
   * @param stateElement a float16 that was rounded to the other side stays in the state: its errors
   *     are those of float16
   */
  private void assertSame(
      StateWindow window, int row, StateReference expected, Element stateElement) {
    double tolerance = stateElement == Element.F32 ? Numbers.F32 : 0x1p-10;
    StateReference actual = window.reference(row);
    Numbers.assertClose(floats(actual.window), flat(expected.window), Numbers.F32);
    Numbers.assertClose(floats(actual.ssm), flat(expected.ssm), tolerance);
    float[] out = window.out(row);
    double[] expectedOut = new double[out.length];
    for (int i = 0; i < out.length; i++) {
      expectedOut[i] = expected.gated[i] * parameters.get(parameters.norm(), i);
    }
    Numbers.assertClose(out, expectedOut, Numbers.BF16 + tolerance);
    double[] squares = new double[CONFIG.dInner() / TUNING.columns()];
    for (int i = 0; i < CONFIG.dInner(); i++) {
      squares[i / TUNING.columns()] += Math.pow(expected.gated[i], 2);
    }
    Numbers.assertClose(window.squares(row), squares, 2 * tolerance);
  }

  /** The next kernel divides by the root of the mean of squares. */
  @Test
  void leavesWhatTheGatedNormNeeds() {
    StateWindow window = new StateWindow(parameters, Element.F32, numbers);
    StateReference reference = window.reference(0);
    HostBuffer projected = window.projected(numbers);
    window.step(TUNING, projected);
    reference.step(row(projected, 0), window.draws(0));
    double total = sum(window.squares(0));
    float scale = (float) (1 / Math.sqrt(total / CONFIG.dInner() + CONFIG.rmsNormEps()));
    float[] normed = window.out(0);
    for (int i = 0; i < normed.length; i++) {
      normed[i] *= scale;
    }
    Numbers.assertClose(normed, reference.normed(), Numbers.BF16);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, LAYER})
  void leavesOtherRowsAndLayersAlone(int layer) {
    StateParameters ofLayer = StateParameters.random(numbers, CONFIG, layer);
    StateWindow window = new StateWindow(ofLayer, Element.F32, numbers);
    HostBuffer ring = window.ring.copy();
    HostBuffer ssm = window.ssm.copy();
    window.step(TUNING, window.projected(numbers));
    int rows = CONFIG.layers() * StateWindow.STATE_ROWS;
    for (int row = 0; row < rows; row++) {
      assertThat(part(window.ring, row, rows).equals(part(ring, row, rows)))
          .as("the ring of row %s stays", row)
          .isNotEqualTo(window.changes(row));
      assertThat(part(window.ssm, row, rows).equals(part(ssm, row, rows)))
          .as("the state of row %s stays", row)
          .isNotEqualTo(window.changes(row));
    }
  }

  /** The next kernel reads them too. */
  @Test
  void leavesNumbersInRowsThatDoNotTakePart() {
    StateWindow window = new StateWindow(parameters, Element.F32, numbers);
    window.step(TUNING, window.projected(numbers));
    assertThat(window.out.isFilled()).isTrue();
    assertThat(window.squares.isFilled()).isTrue();
    for (float value : window.out(StateWindow.INACTIVE)) {
      assertThat(value).isFinite();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16"})
  void givesTheSameForEveryTuning(Element stateElement) {
    StateWindow expected = twoSteps(TUNING, stateElement);
    List<Tuning> tunings =
        List.of(
            new Tuning(16, 1, 4),
            new Tuning(16, 2, 4),
            new Tuning(8, 1, 4),
            new Tuning(8, 4, 8),
            new Tuning(4, 2, 1),
            new Tuning(1, 1, 1));
    for (Tuning tuning : tunings) {
      StateWindow actual = twoSteps(tuning, stateElement);
      assertThat(actual.ring.sameAs(expected.ring)).as("ring of %s", tuning).isTrue();
      assertThat(actual.ssm.sameAs(expected.ssm)).as("state of %s", tuning).isTrue();
      assertThat(actual.out.sameAs(expected.out)).as("result of %s", tuning).isTrue();
      for (int row : expected.active()) {
        double total = sum(expected.squares(row));
        assertThat(sum(actual.squares(row)))
            .as("squares of %s", tuning)
            .isCloseTo(total, within(Numbers.F32 * total));
      }
    }
  }

  /** The same two steps for every tuning. */
  private StateWindow twoSteps(Tuning tuning, Element stateElement) {
    Numbers same = new Numbers(3);
    StateWindow window = new StateWindow(parameters, stateElement, same);
    window.step(tuning, window.projected(same));
    window.step(tuning, window.projected(same));
    return window;
  }

  /** Activations in a kernel of their own give the same. */
  @ParameterizedTest
  @CsvSource({"16, 16, 1", "32, 8, 2", "128, 4, 4"})
  void givesTheSameBehindActivations(int activated, int columns, int blocks) {
    StateWindow expected = twoSteps(TUNING, Element.F16);
    Numbers same = new Numbers(3);
    StateWindow actual = new StateWindow(parameters, Element.F16, same);
    ActivationKernel.Tuning activation = new ActivationKernel.Tuning(activated, 4);
    Tuning tuning = new Tuning(columns, blocks, 4);
    actual.step(activation, tuning, actual.projected(same));
    actual.step(activation, tuning, actual.projected(same));
    assertThat(actual.ring.sameAs(expected.ring)).isTrue();
    assertThat(actual.ssm.sameAs(expected.ssm)).isTrue();
    for (int row : expected.active()) {
      assertThat(actual.out(row)).isEqualTo(expected.out(row));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 32})
  void aStepsTuningFitsNarrowHeads(int batch) {
    StateWindow expected = twoSteps(TUNING, Element.F32);
    Tuning tuning = StepTuning.of(new LayerSizes(CONFIG, batch)).state();
    StateWindow actual = twoSteps(tuning, Element.F32);
    assertThat(actual.ssm.sameAs(expected.ssm)).isTrue();
    assertThat(actual.out.sameAs(expected.out)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"32, 1", "8, 8"})
  void refusesTuningsThatDoNotFit(int columns, int blocks) {
    Tuning tuning = new Tuning(columns, blocks, 4);
    LayerSizes sizes = new LayerSizes(CONFIG, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateKernel.of(sizes, 3, Element.F32_POINTER, tuning))
        .withMessageContaining("2 heads of 16 columns");
  }

  /** B and dt are huge, so that x, which has both signs, leaves what float16 can hold. */
  @Test
  void letsHalvesBecomeInfinite() {
    StateWindow window = new StateWindow(parameters, Element.F16, numbers);
    float[] large = window.projected(numbers).floats();
    LayerSizes sizes = window.sizes();
    for (int i = 0; i < large.length; i++) {
      int output = i % sizes.projectedWithAdapters();
      boolean ofX = output < 2 * CONFIG.dInner() || output >= sizes.projected();
      large[i] *= ofX ? 1 : 1e4f;
    }
    HostBuffer projected = HostBuffer.of(Element.F32, large);
    StateReference reference = window.reference(1);
    window.step(TUNING, projected);
    reference.step(row(projected, 1), window.draws(1));
    float[] actual = floats(window.reference(1).ssm);
    float[] expected = floats(reference.ssm);
    assertThat(actual).contains(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < expected.length; i++) {
      boolean infinite = Float.isInfinite(expected[i]);
      assertThat(Float.isInfinite(actual[i])).isEqualTo(infinite);
      assertThat(Math.signum(actual[i])).isEqualTo(Math.signum(expected[i]));
    }
  }

  /** Where the exponential vanishes beside 1, around that, and where it would be infinite. */
  @Test
  void softplusHoldsEverywhere() {
    float[] values = {
      -1000, -87, -50, -20, -17, -16.7f, -16.6f, -16, -15.9f, -12, -8, -3, -1, -1e-3f, -1e-20f, 0,
      1e-20f, 1e-3f, 0.5f, 1, 3, 8, 15, 16, 17, 20, 50, 88, 89, 1000, 1e30f, 3e38f
    };
    HostBuffer results = HostBuffer.empty(Element.F32, values.length);
    KernelBuilder k = new KernelBuilder("softplus");
    Tile places = k.range(values.length);
    Tile from = k.argument(Element.F32_POINTER);
    Tile to = k.argument(Element.F32_POINTER);
    k.store(k.at(to, places), k.softplus(k.load(k.at(from, places))), null);
    TileInterpreter.run(
        k.build(new Kernel.Launch(1, 1, 4, 1)),
        List.of(HostBuffer.of(Element.F32, values), results));
    for (int i = 0; i < values.length; i++) {
      double expected = StateReference.softplus(values[i]);
      assertThat((double) results.get(i))
          .as("softplus(%s)", values[i])
          .isCloseTo(expected, within(5e-7 * expected));
    }
  }

  private static double[] row(HostBuffer projected, int row) {
    int width = new LayerSizes(CONFIG, 1).projectedWithAdapters();
    double[] values = new double[width];
    for (int i = 0; i < width; i++) {
      values[i] = projected.get(row * width + i);
    }
    return values;
  }

  private static List<Float> part(HostBuffer buffer, int row, int rows) {
    int size = buffer.size() / rows;
    Float[] values = new Float[size];
    Arrays.setAll(values, i -> buffer.get(row * size + i));
    return List.of(values);
  }

  private static double[] flat(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }

  private static float[] floats(double[][] rows) {
    double[] flat = flat(rows);
    float[] values = new float[flat.length];
    for (int i = 0; i < flat.length; i++) {
      values[i] = (float) flat[i];
    }
    return values;
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }
}
