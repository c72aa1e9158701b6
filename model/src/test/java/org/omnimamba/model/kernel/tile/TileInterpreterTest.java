package org.omnimamba.model.kernel.tile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The interpreter must find the faults for which it is there. */
class TileInterpreterTest {
  private final KernelBuilder k = new KernelBuilder("test");

  private void run(int programs, HostBuffer... arguments) {
    TileInterpreter.run(k.build(new Kernel.Launch(programs, 1, 4, 1)), List.of(arguments));
  }

  private static HostBuffer floats(float... values) {
    return HostBuffer.of(Element.F32, values);
  }

  private static HostBuffer nothing(int size) {
    return HostBuffer.empty(Element.F32, size);
  }

  private void expectFault(String message, Runnable run) {
    assertThatIllegalStateException().isThrownBy(run::run).withMessageContaining(message);
  }

  private Tile argument() {
    return k.argument(Element.F32_POINTER);
  }

  @Test
  void sharesOutAnArray() {
    Tile from = argument();
    Tile to = argument();
    Tile places = k.add(k.multiply(k.program(0), 4), k.range(4));
    Tile mask = k.less(places, 6);
    k.store(k.at(to, places), k.multiply(k.load(k.at(from, places), mask), 2), mask);
    HostBuffer result = nothing(6);
    run(2, floats(1, 2, 3, 4, 5, 6), result);
    assertThat(result.floats()).containsExactly(2, 4, 6, 8, 10, 12);
  }

  @Test
  void findsReadsOutsideOfAnArgument() {
    k.load(k.at(argument(), k.range(4)));
    expectFault("element 3 of 3", () -> run(1, floats(1, 2, 3)));
  }

  @Test
  void findsWritesOutsideOfAnArgument() {
    k.store(k.at(argument(), k.add(k.range(4), -1)), k.full(1, 4), null);
    expectFault("element -1 of 4", () -> run(1, nothing(4)));
  }

  @Test
  void findsReadsOfWhatNobodyWrote() {
    k.load(argument());
    expectFault("which nobody wrote", () -> run(1, nothing(1)));
  }

  @Test
  void findsTwoWritesToOnePlace() {
    k.store(argument(), k.constant(1f), null);
    expectFault("which program 1 wrote", () -> run(2, nothing(1)));
  }

  /** In one order the write comes first, in the other the read. */
  @Test
  void findsReadsOfWhatAnotherProgramWrites() {
    Tile pointer = argument();
    k.store(k.at(pointer, k.program(0)), k.load(pointer), null);
    Kernel kernel = k.build(new Kernel.Launch(2, 1, 4, 1));
    List<HostBuffer> arguments = List.of(floats(1, 2));
    expectFault(
        "which program 0 wrote",
        () -> TileInterpreter.run(kernel, arguments, TileInterpreter.Order.ASCENDING));
    expectFault(
        "which another program reads",
        () -> TileInterpreter.run(kernel, arguments, TileInterpreter.Order.DESCENDING));
  }

  @Test
  void findsReadsOfWhatTheProgramWroteItself() {
    Tile pointer = argument();
    k.store(pointer, k.constant(1f), null);
    k.load(pointer);
    expectFault("which program 0 wrote", () -> run(1, floats(0)));
  }

  @Test
  void findsIntegersThatOverflow() {
    k.multiply(k.constant(1 << 30), 2);
    expectFault("does not fit", () -> run(1));
  }

  @Test
  void findsDivisionsByZero() {
    k.divide(k.program(0), 0);
    expectFault("DIVIDE by zero", () -> run(1));
  }

  @Test
  void findsTilesOfALoopOutsideOfIt() {
    Tile[] inner = new Tile[1];
    k.loop(
        2,
        k.constant(0f),
        (round, sum) -> {
          inner[0] = k.add(sum, 1);
          return inner[0];
        });
    k.add(inner[0], 1);
    expectFault("has no value here", () -> run(1));
  }

  @Test
  void findsShapesThatDoNotFit() {
    k.add(k.range(4), k.range(8));
    expectFault("is repeated to", () -> run(1));
  }

  /**
   * {@code [2, 4]} with 0, 1, ...: sums along both axes, and the sum along one of the matrix
   * turned.
   */
  @Test
  void movesElements() {
    Tile matrix = k.add(k.column(k.multiply(k.range(2), 4)), k.row(k.range(4)));
    Tile numbers = k.convert(matrix, Element.F32);
    k.store(k.at(argument(), k.range(4)), k.sum(numbers, 0), null);
    k.store(k.at(argument(), k.range(2)), k.sum(numbers, 1), null);
    k.store(k.at(argument(), k.range(2)), k.sum(k.transposed(numbers), 0), null);
    List<HostBuffer> results = List.of(nothing(4), nothing(2), nothing(2));
    run(1, results.toArray(new HostBuffer[0]));
    assertThat(results.get(0).floats()).containsExactly(4, 6, 8, 10);
    assertThat(results.get(1).floats()).containsExactly(6, 22);
    assertThat(results.get(2).floats()).containsExactly(6, 22);
  }

  @ParameterizedTest
  @CsvSource({
    "BF16, 1.00390625, 1",
    "BF16, 1.01171875, 1.015625",
    "BF16, -1.004, -1.0078125",
    "F16, 1.00048828125, 1",
    "F16, 1.00146484375, 1.001953125",
    "F16, 65519, 65504",
    "F16, 65520, Infinity",
    "F16, 2.9802322e-8, 0",
    "F16, 3e-8, 5.9604645e-8"
  })
  void roundsToEven(Element element, float value, float rounded) {
    assertThat(HostBuffer.of(element, value).get(0)).isEqualTo(rounded);
  }
}
