package org.omnimamba.model.kernel.tile;

import java.util.List;
import org.omnimamba.model.kernel.tile.Instruction.Operation;

/** Operations that work on each element of tiles for itself. */
final class TileArithmetic {
  private TileArithmetic() {}

  /** A scalar. */
  static TileValue constant(TileType type, Object number) {
    Demands.that(type.rank() == 0, "a constant is a scalar, not %s", type);
    if (!type.element().isFloat()) {
      return TileValue.integer(type, inRange(type.element(), ((Number) number).longValue()));
    }
    TileValue value = new TileValue(type);
    value.floats[0] = (Float) number;
    Demands.that(
        value.floats[0] == HostBuffer.round(type.element(), value.floats[0]),
        "%s is no %s",
        number,
        type.element());
    return value;
  }

  /** {@code 0, 1, ...}. */
  static TileValue range(TileType type) {
    TileValue value = new TileValue(type);
    for (int i = 0; i < type.size(); i++) {
      value.integers[i] = i;
    }
    return value;
  }

  static TileValue binary(Operation operation, TileType type, TileValue a, TileValue b) {
    boolean compares = operation == Operation.LESS || operation == Operation.EQUAL;
    Demands.that(a.type.equals(b.type), "%s and %s differ", a.type, b.type);
    TileType expected = compares ? a.type.with(Element.I1) : a.type;
    Demands.that(type.equals(expected), "%s of %s gives %s", operation, a.type, type);
    TileValue value = new TileValue(type);
    Element element = type.element();
    for (int i = 0; i < type.size(); i++) {
      if (compares) {
        value.integers[i] = compare(operation, a, b, i) ? 1 : 0;
      } else if (element.isFloat()) {
        float result = floats(operation, a.floats[i], b.floats[i]);
        value.floats[i] = HostBuffer.round(element, result);
      } else {
        long result = integers(operation, a.integers[i], b.integers[i]);
        value.integers[i] = inRange(element, result);
      }
    }
    return value;
  }

  private static boolean compare(Operation operation, TileValue a, TileValue b, int i) {
    if (a.type.element().isFloat()) {
      // false for NaN
      return operation == Operation.LESS ? a.floats[i] < b.floats[i] : a.floats[i] == b.floats[i];
    }
    return operation == Operation.LESS
        ? a.integers[i] < b.integers[i]
        : a.integers[i] == b.integers[i];
  }

  private static float floats(Operation operation, float a, float b) {
    return switch (operation) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / b;
      case MAXIMUM -> {
        if (Float.isNaN(a) || Float.isNaN(b)) {
          // as maxnumf: the number, if there is one
          yield Float.isNaN(a) ? b : a;
        }
        yield Math.max(a, b);
      }
      default -> throw new IllegalStateException("no " + operation + " of floats");
    };
  }

  private static long integers(Operation operation, long a, long b) {
    Demands.that(
        b != 0 || (operation != Operation.DIVIDE && operation != Operation.REMAINDER),
        "%s by zero",
        operation);
    return switch (operation) {
      case ADD -> Math.addExact(a, b);
      case SUBTRACT -> Math.subtractExact(a, b);
      case MULTIPLY -> Math.multiplyExact(a, b);
      case DIVIDE -> a / b;
      case REMAINDER -> a % b;
      case MAXIMUM -> Math.max(a, b);
      case AND -> a & b;
      default -> throw new IllegalStateException("no " + operation + " of integers");
    };
  }

  /** A kernel must not count on integers that wrap around. */
  private static long inRange(Element element, long number) {
    boolean fits =
        switch (element) {
          case I1 -> number == 0 || number == 1;
          case I32 -> number == (int) number;
          case I64 -> true;
          default -> throw new IllegalStateException(element + " is no integer");
        };
    Demands.that(fits, "%s does not fit into %s", number, element);
    return number;
  }

  static TileValue unary(Operation operation, TileType type, TileValue a) {
    Demands.that(type.equals(a.type), "%s of %s gives %s", operation, a.type, type);
    Demands.that(type.element().isFloat(), "%s of %s", operation, type);
    TileValue value = new TileValue(type);
    for (int i = 0; i < type.size(); i++) {
      double result =
          switch (operation) {
            case EXP -> Math.exp(a.floats[i]);
            case LOG -> Math.log(a.floats[i]);
            case RSQRT -> 1 / Math.sqrt(a.floats[i]);
            default -> throw new IllegalStateException(operation + " has two operands");
          };
      value.floats[i] = HostBuffer.round(type.element(), (float) result);
    }
    return value;
  }

  /** Condition, what is taken where it holds, and what is taken elsewhere. */
  static TileValue select(TileType type, List<TileValue> operands) {
    TileValue condition = operands.get(0);
    Demands.that(condition.type.equals(type.with(Element.I1)), "a choice by %s", condition.type);
    for (TileValue choice : operands.subList(1, 3)) {
      Demands.that(choice.type.equals(type), "%s is chosen for %s", choice.type, type);
    }
    TileValue value = new TileValue(type);
    for (int i = 0; i < type.size(); i++) {
      value.take(i, operands.get(condition.integers[i] != 0 ? 1 : 2), i);
    }
    return value;
  }

  static TileValue convert(TileType type, TileValue a) {
    Element from = a.type.element();
    Element to = type.element();
    Demands.that(type.equals(a.type.with(to)), "%s is converted to %s", a.type, type);
    boolean exists =
        from.isFloat() ? to.isFloat() && (from == Element.F32) != (to == Element.F32) : from != to;
    Demands.that(exists, "no conversion from %s to %s", from, to);
    TileValue value = new TileValue(type);
    for (int i = 0; i < type.size(); i++) {
      if (to.isFloat()) {
        float number = from.isFloat() ? a.floats[i] : a.integers[i];
        value.floats[i] = HostBuffer.round(to, number);
      } else {
        value.integers[i] = inRange(to, a.integers[i]);
      }
    }
    return value;
  }

  /** Pointers and numbers of elements. */
  static TileValue offset(TileType type, TileValue pointers, TileValue elements) {
    Demands.that(type.equals(pointers.type), "%s from %s", type, pointers.type);
    Demands.that(elements.type.shape().equals(type.shape()), "%s moved by %s", type, elements.type);
    TileValue value = new TileValue(type);
    for (int i = 0; i < type.size(); i++) {
      value.take(i, pointers, i);
      value.integers[i] += elements.integers[i];
    }
    return value;
  }
}
