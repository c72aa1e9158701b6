package org.omnimamba.model.kernel.tile;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.omnimamba.model.kernel.tile.Instruction.Operation;

/**
 * Runs a kernel on the host, one program of the grid after the other, and is stricter than a GPU:
 * programs that depend on one another, accesses outside of the arguments, reads of what nobody
 * wrote, integers that overflow and operands of wrong types are errors.
 */
public final class TileInterpreter {
  /** In which order the programs of a grid run. */
  enum Order {
    ASCENDING,
    DESCENDING
  }

  private final Kernel kernel;
  private final List<HostBuffer> arguments;
  private final int column;
  private final int row;
  private final int program;

  private TileInterpreter(Kernel kernel, List<HostBuffer> arguments, int column, int row) {
    this.kernel = kernel;
    this.arguments = arguments;
    this.column = column;
    this.row = row;
    this.program = row * kernel.launch().columns() + column;
  }

  /**
   * Runs a kernel in both orders, which must give the same.
   *
   * @param arguments one for each argument of the kernel; they are changed
   * @throws IllegalStateException if the kernel is at fault
   */
  public static void run(Kernel kernel, List<HostBuffer> arguments) {
    List<HostBuffer> others = arguments.stream().map(HostBuffer::copy).toList();
    run(kernel, others, Order.DESCENDING);
    run(kernel, arguments, Order.ASCENDING);
    for (int i = 0; i < others.size(); i++) {
      Demands.that(
          arguments.get(i).sameAs(others.get(i)), "argument %s depends on the programs' order", i);
    }
  }

  /** {@link #run(Kernel, List)} in one order. */
  public static void run(Kernel kernel, List<HostBuffer> arguments, Order order) {
    Demands.that(
        kernel.arguments().size() == arguments.size(),
        "%s arguments for %s",
        arguments.size(),
        kernel.arguments().size());
    arguments.forEach(HostBuffer::launch);
    int columns = kernel.launch().columns();
    int programs = columns * kernel.launch().rows();
    for (int i = 0; i < programs; i++) {
      int program = order == Order.ASCENDING ? i : programs - 1 - i;
      new TileInterpreter(kernel, arguments, program % columns, program / columns).run();
    }
  }

  private void run() {
    Map<Tile, TileValue> values = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      Tile argument = kernel.arguments().get(i);
      Demands.that(
          argument.type().element().pointee() == arguments.get(i).element(),
          "argument %s is %s, not %s",
          i,
          argument.type(),
          arguments.get(i).element());
      values.put(argument, TileValue.pointer(argument.type(), i));
    }
    run(kernel.body(), values);
  }

  private void run(List<Instruction> instructions, Map<Tile, TileValue> values) {
    for (Instruction instruction : instructions) {
      List<TileValue> operands =
          instruction.operands().stream().map(tile -> value(values, tile)).toList();
      if (instruction.operation() == Operation.STORE) {
        store(operands);
        continue;
      }
      Tile result = Objects.requireNonNull(instruction.result());
      TileValue value =
          instruction.detail() instanceof Instruction.Loop loop
              ? loop(loop, operands.get(0), values)
              : value(instruction, result.type(), operands);
      Demands.that(value.type.equals(result.type()), "%s gave %s", instruction, value.type);
      Demands.that(values.put(result, value) == null, "%s has two values", result);
    }
  }

  private static TileValue value(Map<Tile, TileValue> values, Tile tile) {
    TileValue value = values.get(tile);
    Demands.that(value != null, "%s has no value here", tile);
    return value;
  }

  private TileValue value(Instruction instruction, TileType type, List<TileValue> in) {
    Operation operation = instruction.operation();
    return switch (operation) {
      case PROGRAM -> TileValue.integer(type, instruction.detail().equals(0) ? column : row);
      case CONSTANT -> TileArithmetic.constant(type, instruction.detail());
      case RANGE -> TileArithmetic.range(type);
      case SPLAT -> TileShapes.splat(type, in.get(0));
      case EXPAND -> TileShapes.expand(type, in.get(0), (Integer) instruction.detail());
      case BROADCAST -> TileShapes.broadcast(type, in.get(0));
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, REMAINDER, MAXIMUM, AND, LESS, EQUAL ->
          TileArithmetic.binary(operation, type, in.get(0), in.get(1));
      case EXP, LOG, RSQRT -> TileArithmetic.unary(operation, type, in.get(0));
      case SELECT -> TileArithmetic.select(type, in);
      case CONVERT -> TileArithmetic.convert(type, in.get(0));
      case OFFSET -> TileArithmetic.offset(type, in.get(0), in.get(1));
      case LOAD -> load(type, in);
      case SUM -> TileShapes.sum(type, in.get(0), (Integer) instruction.detail());
      case CUMULATE -> TileShapes.cumulative(type, in.get(0));
      case LARGEST -> TileShapes.largest(type, in.get(0), (Integer) instruction.detail());
      case TRANSPOSE -> TileShapes.transposed(type, in.get(0));
      case DOT -> TileShapes.dot(type, in.get(0), in.get(1), in.get(2));
      case STORE, LOOP -> throw new IllegalStateException(instruction + " is no value");
    };
  }

  private TileValue loop(Instruction.Loop loop, TileValue first, Map<Tile, TileValue> outside) {
    TileValue carried = first;
    for (int round = 0; round < loop.count(); round++) {
      Demands.that(carried.type.equals(loop.carried().type()), "%s is carried", carried.type);
      // what a round computes is not seen outside of it
      Map<Tile, TileValue> values = new HashMap<>(outside);
      values.put(loop.index(), TileValue.integer(loop.index().type(), round));
      values.put(loop.carried(), carried);
      run(loop.body(), values);
      carried = value(values, loop.next());
    }
    return carried;
  }

  /** Pointers; or pointers, mask and the values of places outside it. */
  private TileValue load(TileType type, List<TileValue> operands) {
    TileValue pointers = operands.get(0);
    Demands.that(type.equals(pointee(pointers)), "%s from %s", type, pointers.type);
    TileValue mask = operands.size() > 1 ? mask(operands.get(1), type) : null;
    TileValue value = new TileValue(type);
    for (int i = 0; i < type.size(); i++) {
      if (mask == null || mask.integers[i] != 0) {
        arguments.get(pointers.arguments[i]).load(program, pointers.integers[i], value, i);
      } else {
        value.take(i, operands.get(2), i);
      }
    }
    return value;
  }

  /** Pointers and values; or pointers, values and mask. */
  private void store(List<TileValue> operands) {
    TileValue pointers = operands.get(0);
    TileValue values = operands.get(1);
    TileType type = values.type;
    Demands.that(type.equals(pointee(pointers)), "%s to %s", type, pointers.type);
    TileValue mask = operands.size() > 2 ? mask(operands.get(2), type) : null;
    for (int i = 0; i < type.size(); i++) {
      if (mask == null || mask.integers[i] != 0) {
        arguments.get(pointers.arguments[i]).store(program, pointers.integers[i], values, i);
      }
    }
  }

  private static TileType pointee(TileValue pointers) {
    Element element = pointers.type.element();
    Demands.that(element.isPointer(), "%s is no pointer", pointers.type);
    return pointers.type.with(element.pointee());
  }

  private static TileValue mask(TileValue mask, TileType type) {
    Demands.that(mask.type.equals(type.with(Element.I1)), "%s masks %s", mask.type, type);
    return mask;
  }
}
