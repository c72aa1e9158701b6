package org.omnimamba.model.kernel.tile;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.kernel.tile.Instruction.Operation;

/**
 * Records the instructions of a kernel. Shapes of two operands are made equal as usual: scalars are
 * repeated, and so are axes of size 1.
 */
public final class KernelBuilder {
  /** What the matrix units take of each axis, at least. */
  public static final int LEAST_OF_DOT = 16;

  private final String name;
  private final List<Tile> arguments = new ArrayList<>();
  private List<Instruction> instructions = new ArrayList<>();
  private int tiles;

  public KernelBuilder(String name) {
    this.name = name;
  }

  public Kernel build(Kernel.Launch launch) {
    return new Kernel(name, List.copyOf(arguments), List.copyOf(instructions), launch);
  }

  private Tile tile(TileType type) {
    return new Tile(tiles++, type);
  }

  private Tile add(Operation operation, TileType type, Object detail, Tile... operands) {
    Tile result = tile(type);
    instructions.add(new Instruction(operation, result, List.of(operands), detail));
    return result;
  }

  /** The next argument, a pointer. */
  public Tile argument(Element pointer) {
    Tile argument = tile(TileType.scalar(pointer));
    arguments.add(argument);
    return argument;
  }

  /** Index of this program in the grid: axis 0 are its columns, 1 its rows. */
  public Tile program(int axis) {
    return add(Operation.PROGRAM, TileType.scalar(Element.I32), axis);
  }

  public Tile constant(int value) {
    return add(Operation.CONSTANT, TileType.scalar(Element.I32), value);
  }

  public Tile constant(float value) {
    return add(Operation.CONSTANT, TileType.scalar(Element.F32), value);
  }

  private Tile number(double value, Element element) {
    Object detail = element.isFloat() ? (Object) (float) value : (Object) (long) value;
    return add(Operation.CONSTANT, TileType.scalar(element), detail);
  }

  /** A tile of one value. */
  public Tile full(float value, Integer... shape) {
    return repeated(constant(value), List.of(shape));
  }

  /** {@code 0, 1, ..., size - 1}. */
  public Tile range(int size) {
    return add(Operation.RANGE, new TileType(Element.I32, List.of(size)), size);
  }

  /** A vector as the rows' axis of a matrix, {@code [n, 1]}. */
  public Tile column(Tile vector) {
    return add(Operation.EXPAND, vector.type().with(List.of(vector.type().size(), 1)), 1, vector);
  }

  /** A vector as the columns' axis of a matrix, {@code [1, n]}. */
  public Tile row(Tile vector) {
    return add(Operation.EXPAND, vector.type().with(List.of(1, vector.type().size())), 0, vector);
  }

  private Tile repeated(Tile tile, List<Integer> shape) {
    if (tile.type().shape().equals(shape)) {
      return tile;
    }
    Operation operation = tile.type().rank() == 0 ? Operation.SPLAT : Operation.BROADCAST;
    return add(operation, tile.type().with(shape), 0, tile);
  }

  private static List<Integer> common(Tile a, Tile b) {
    List<Integer> left = a.type().shape();
    List<Integer> right = b.type().shape();
    if (left.isEmpty() || right.isEmpty()) {
      return left.isEmpty() ? right : left;
    }
    if (left.size() != right.size()) {
      throw new IllegalArgumentException(a + " and " + b + " have no common shape");
    }
    List<Integer> shape = new ArrayList<>();
    for (int axis = 0; axis < left.size(); axis++) {
      shape.add(Math.max(left.get(axis), right.get(axis)));
    }
    return shape;
  }

  private Tile binary(Operation operation, Tile a, Tile b) {
    List<Integer> shape = common(a, b);
    Tile left = repeated(a, shape);
    Tile right = repeated(b, shape);
    if (left.type().element() != right.type().element()) {
      throw new IllegalArgumentException(a + " and " + b + " are of different types");
    }
    boolean compares = operation == Operation.LESS || operation == Operation.EQUAL;
    return add(operation, compares ? left.type().with(Element.I1) : left.type(), 0, left, right);
  }

  private Tile binary(Operation operation, Tile a, double b) {
    return binary(operation, a, number(b, a.type().element()));
  }

  public Tile add(Tile a, Tile b) {
    return binary(Operation.ADD, a, b);
  }

  public Tile add(Tile a, double b) {
    return binary(Operation.ADD, a, b);
  }

  public Tile subtract(Tile a, Tile b) {
    return binary(Operation.SUBTRACT, a, b);
  }

  public Tile multiply(Tile a, Tile b) {
    return binary(Operation.MULTIPLY, a, b);
  }

  public Tile multiply(Tile a, double b) {
    return binary(Operation.MULTIPLY, a, b);
  }

  public Tile divide(Tile a, Tile b) {
    return binary(Operation.DIVIDE, a, b);
  }

  public Tile divide(Tile a, double b) {
    return binary(Operation.DIVIDE, a, b);
  }

  public Tile remainder(Tile a, int b) {
    return binary(Operation.REMAINDER, a, b);
  }

  public Tile maximum(Tile a, Tile b) {
    return binary(Operation.MAXIMUM, a, b);
  }

  public Tile maximum(Tile a, double b) {
    return binary(Operation.MAXIMUM, a, b);
  }

  public Tile minimum(Tile a, double b) {
    return negative(maximum(negative(a), -b));
  }

  public Tile and(Tile a, Tile b) {
    return binary(Operation.AND, a, b);
  }

  public Tile less(Tile a, Tile b) {
    return binary(Operation.LESS, a, b);
  }

  public Tile less(Tile a, double b) {
    return binary(Operation.LESS, a, b);
  }

  public Tile equal(Tile a, Tile b) {
    return binary(Operation.EQUAL, a, b);
  }

  public Tile equal(Tile a, double b) {
    return binary(Operation.EQUAL, a, b);
  }

  private Tile unary(Operation operation, Tile a) {
    return add(operation, a.type(), 0, a);
  }

  public Tile exp(Tile a) {
    return unary(Operation.EXP, a);
  }

  public Tile rsqrt(Tile a) {
    return unary(Operation.RSQRT, a);
  }

  public Tile negative(Tile a) {
    return multiply(a, -1);
  }

  /** {@code a * sigmoid(a)}. */
  public Tile silu(Tile a) {
    return divide(a, add(exp(negative(a)), 1));
  }

  /** {@code log(1 + exp(a))}, also where the exponential is far below 1 or without bound. */
  public Tile softplus(Tile a) {
    Tile small = exp(negative(maximum(a, negative(a))));
    Tile sum = add(small, 1);
    // what rounding took from the sum is given back as a factor (the textbook's log1p)
    Tile kept = add(sum, -1);
    Tile nothing = equal(kept, 0);
    Tile divisor = select(nothing, constant(1f), kept);
    Tile logarithm = divide(multiply(unary(Operation.LOG, sum), small), divisor);
    return add(maximum(a, 0), select(nothing, small, logarithm));
  }

  public Tile select(Tile condition, Tile yes, Tile no) {
    List<Integer> shape = common(yes, no);
    if (!condition.type().shape().isEmpty()) {
      shape = common(condition, repeated(yes, shape));
    }
    return add(
        Operation.SELECT,
        yes.type().with(shape),
        0,
        repeated(condition, shape),
        repeated(yes, shape),
        repeated(no, shape));
  }

  public Tile convert(Tile a, Element element) {
    return a.type().element() == element ? a : add(Operation.CONVERT, a.type().with(element), 0, a);
  }

  /** The pointer some elements further. */
  public Tile at(Tile pointer, Tile elements) {
    List<Integer> shape = common(pointer, elements);
    return add(
        Operation.OFFSET,
        pointer.type().with(shape),
        0,
        repeated(pointer, shape),
        repeated(elements, shape));
  }

  /** Values of the pointed-to type. */
  public Tile load(Tile pointers) {
    return load(pointers, null);
  }

  /** {@link #load(Tile)} with 0 outside the mask. */
  public Tile load(Tile pointers, @Nullable Tile mask) {
    return load(pointers, mask, Instruction.Reuse.UNKNOWN);
  }

  /** {@link #load(Tile, Tile)} with advice for the cache. */
  public Tile load(Tile pointers, @Nullable Tile mask, Instruction.Reuse reuse) {
    TileType type = pointers.type().with(pointers.type().element().pointee());
    if (mask == null) {
      return add(Operation.LOAD, type, reuse, pointers);
    }
    Tile other = repeated(number(0, type.element()), type.shape());
    return add(Operation.LOAD, type, reuse, pointers, repeated(mask, type.shape()), other);
  }

  /** Loads and widens to float32. */
  public Tile loadFloat(Tile pointers, @Nullable Tile mask) {
    return convert(load(pointers, mask), Element.F32);
  }

  public Tile loadFloat(Tile pointers) {
    return loadFloat(pointers, null);
  }

  /** Stores values, converted to the pointed-to type, inside the mask. */
  public void store(Tile pointers, Tile values, @Nullable Tile mask) {
    List<Integer> shape = pointers.type().shape();
    Tile converted = repeated(convert(values, pointers.type().element().pointee()), shape);
    List<Tile> operands =
        mask == null
            ? List.of(pointers, converted)
            : List.of(pointers, converted, repeated(mask, shape));
    instructions.add(new Instruction(Operation.STORE, null, operands, 0));
  }

  /** The sum along an axis, which goes. */
  public Tile sum(Tile a, int axis) {
    return along(Operation.SUM, a, axis);
  }

  /** The largest number along an axis, which goes. */
  public Tile largest(Tile a, int axis) {
    return along(Operation.LARGEST, a, axis);
  }

  private Tile along(Operation operation, Tile a, int axis) {
    List<Integer> shape = new ArrayList<>(a.type().shape());
    shape.remove(axis);
    return add(operation, a.type().with(shape), axis, a);
  }

  /** The sum of a vector's elements up to and with each. */
  public Tile cumulative(Tile vector) {
    return unary(Operation.CUMULATE, vector);
  }

  public Tile transposed(Tile matrix) {
    List<Integer> shape = matrix.type().shape();
    return add(
        Operation.TRANSPOSE, matrix.type().with(List.of(shape.get(1), shape.get(0))), 0, matrix);
  }

  /** {@code a b + sum}, of bfloat16 or of float16 factors, summed in float32. */
  public Tile dot(Tile a, Tile b, Tile sum) {
    return add(Operation.DOT, sum.type(), 0, a, b, sum);
  }

  /**
   * Runs a body several times.
   *
   * @param body from the round's index and the tile of the round before to the next one
   */
  public Tile loop(int count, Tile first, BiFunction<Tile, Tile, Tile> body) {
    List<Instruction> outside = instructions;
    instructions = new ArrayList<>();
    Tile index = tile(TileType.scalar(Element.I32));
    Tile carried = tile(first.type());
    Tile next = body.apply(index, carried);
    Instruction.Loop loop =
        new Instruction.Loop(count, index, carried, List.copyOf(instructions), next);
    instructions = outside;
    return add(Operation.LOOP, first.type(), loop, first);
  }
}
