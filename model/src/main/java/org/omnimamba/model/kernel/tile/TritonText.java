package org.omnimamba.model.kernel.tile;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.omnimamba.model.kernel.tile.Instruction.Operation;

/** Kernels as text of Triton's dialects of MLIR, and as the configuration of XLA's call of them. */
public final class TritonText {
  /** Name under which XLA compiles and calls a Triton kernel. */
  public static final String CALL_TARGET = "__gpu$xla.gpu.triton";

  private final StringBuilder text = new StringBuilder();

  private TritonText() {}

  /** A module with the kernel as its only function. */
  public static String module(Kernel kernel) {
    TritonText printer = new TritonText();
    printer.text.append("module {\n  tt.func public @").append(kernel.name()).append('(');
    printer.text.append(
        kernel.arguments().stream()
            .map(
                argument ->
                    "%s: %s {tt.divisibility = 16 : i32}"
                        .formatted(name(argument), argument.type().text()))
            .collect(Collectors.joining(", ")));
    printer.text.append(") attributes {noinline = false} {\n");
    printer.print(kernel.body());
    printer.text.append("    tt.return\n  }\n}\n");
    return printer.text.toString();
  }

  /** The backend configuration of a call. Calls of equal configuration share one kernel. */
  public static String configuration(Kernel kernel) {
    String escaped =
        module(kernel).replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\0A");
    Kernel.Launch launch = kernel.launch();
    return ("{name = \"%s\", ir = \"%s\", num_stages = %d : i32, num_warps = %d : i32,"
            + " grid_x = %d : i32, grid_y = %d : i32, grid_z = 1 : i32}")
        .formatted(
            kernel.name(),
            escaped,
            launch.stages(),
            launch.warps(),
            launch.columns(),
            launch.rows());
  }

  private static String name(Tile tile) {
    return "%v" + tile.id();
  }

  private static String names(List<Tile> tiles) {
    return tiles.stream().map(TritonText::name).collect(Collectors.joining(", "));
  }

  private void print(List<Instruction> instructions) {
    for (Instruction instruction : instructions) {
      if (instruction.detail() instanceof Instruction.Loop loop) {
        loop(instruction, loop);
        continue;
      }
      text.append("    ");
      Tile result = instruction.result();
      if (result != null) {
        text.append(name(result)).append(" = ");
      }
      text.append(line(instruction)).append('\n');
    }
  }

  private static String line(Instruction instruction) {
    return instruction.operation() == Operation.STORE
        ? "tt.store %s : %s"
            .formatted(names(instruction.operands()), instruction.operands().get(0).type().text())
        : value(instruction, Objects.requireNonNull(instruction.result()).type());
  }

  private static String value(Instruction instruction, TileType type) {
    List<Tile> in = instruction.operands();
    String operands = names(in);
    return switch (instruction.operation()) {
      case PROGRAM ->
          "tt.get_program_id %s : i32".formatted(instruction.detail().equals(0) ? "x" : "y");
      case CONSTANT -> constant(instruction.detail(), type);
      case RANGE ->
          "tt.make_range {end = %d : i32, start = 0 : i32} : %s"
              .formatted(type.size(), type.text());
      case SPLAT -> "tt.splat " + operands + between(in.get(0), type);
      case EXPAND ->
          "tt.expand_dims %s {axis = %s : i32}%s"
              .formatted(operands, instruction.detail(), between(in.get(0), type));
      case BROADCAST -> "tt.broadcast " + operands + between(in.get(0), type);
      case ADD, SUBTRACT, MULTIPLY, DIVIDE, REMAINDER, MAXIMUM, AND ->
          "arith.%s %s : %s".formatted(arithmetic(instruction, type), operands, type.text());
      case LESS -> comparison("slt", "olt", in.get(0).type(), operands);
      case EQUAL -> comparison("eq", "oeq", in.get(0).type(), operands);
      case EXP -> "math.exp %s : %s".formatted(operands, type.text());
      case LOG -> "math.log %s : %s".formatted(operands, type.text());
      case RSQRT -> "math.rsqrt %s : %s".formatted(operands, type.text());
      case SELECT ->
          type.rank() == 0
              ? "arith.select %s : %s".formatted(operands, type.text())
              : "arith.select %s : %s, %s"
                  .formatted(operands, in.get(0).type().text(), type.text());
      case CONVERT ->
          "arith.%s %s : %s to %s"
              .formatted(
                  conversion(in.get(0).type().element(), type.element()),
                  operands,
                  in.get(0).type().text(),
                  type.text());
      case OFFSET ->
          "tt.addptr %s : %s, %s".formatted(operands, type.text(), in.get(1).type().text());
      case LOAD ->
          "tt.load %s%s : %s"
              .formatted(operands, advice(instruction.detail()), in.get(0).type().text());
      case SUM, LARGEST ->
          folded("tt.reduce", "axis = %s : i32".formatted(instruction.detail()), instruction, type);
      case CUMULATE -> folded("tt.scan", "axis = 0 : i32, reverse = false", instruction, type);
      case TRANSPOSE ->
          "tt.trans %s {order = array<i32: 1, 0>}%s".formatted(operands, between(in.get(0), type));
      case DOT ->
          "tt.dot %s : %s * %s -> %s"
              .formatted(operands, in.get(0).type().text(), in.get(1).type().text(), type.text());
      case STORE, LOOP -> throw new IllegalStateException(instruction + " is no value");
    };
  }

  private static String between(Tile from, TileType to) {
    return " : %s -> %s".formatted(from.type().text(), to.text());
  }

  private static String advice(Object reuse) {
    return switch ((Instruction.Reuse) reuse) {
      case UNKNOWN -> "";
      case NONE -> " evictionPolicy = evict_first";
    };
  }

  private static String constant(Object value, TileType type) {
    if (!type.element().isFloat()) {
      return "arith.constant %s : %s".formatted(value, type.text());
    }
    int bits = Float.floatToRawIntBits((Float) value);
    // bits name a number exactly; the upper half of a float32 is a bfloat16
    return switch (type.element()) {
      case F32 -> "arith.constant 0x%08X : f32".formatted(bits);
      case BF16 -> "arith.constant 0x%04X : bf16".formatted(bits >>> 16);
      default -> {
        if (bits != 0) {
          throw new IllegalArgumentException("no constants of float16 but 0");
        }
        yield "arith.constant 0x0000 : f16";
      }
    };
  }

  private static String arithmetic(Instruction instruction, TileType type) {
    boolean floats = type.element().isFloat();
    return switch (instruction.operation()) {
      case ADD -> floats ? "addf" : "addi";
      case SUBTRACT -> floats ? "subf" : "subi";
      case MULTIPLY -> floats ? "mulf" : "muli";
      case DIVIDE -> floats ? "divf" : "divsi";
      case REMAINDER -> "remsi";
      case MAXIMUM -> floats ? "maxnumf" : "maxsi";
      case AND -> "andi";
      default -> throw new IllegalStateException(instruction + " is no arithmetic");
    };
  }

  private static String comparison(String ints, String floats, TileType type, String operands) {
    return type.element().isFloat()
        ? "arith.cmpf %s, %s : %s".formatted(floats, operands, type.text())
        : "arith.cmpi %s, %s : %s".formatted(ints, operands, type.text());
  }

  private static String conversion(Element from, Element to) {
    if (from == Element.I32 && to == Element.F32) {
      return "sitofp";
    }
    if (from.isFloat() && to.isFloat()) {
      return to == Element.F32 ? "extf" : "truncf";
    }
    if (from == Element.I32 && to == Element.I64) {
      return "extsi";
    }
    if (from == Element.I64 && to == Element.I32) {
      return "trunci";
    }
    throw new IllegalArgumentException("no conversion from %s to %s".formatted(from, to));
  }

  /** Elements brought together; a scan keeps the values on the way. */
  private static String folded(
      String operation, String attributes, Instruction instruction, TileType type) {
    String element = type.element().text();
    boolean largest = instruction.operation() == Operation.LARGEST;
    String add =
        type.element().isFloat() ? (largest ? "maxnumf" : "addf") : (largest ? "maxsi" : "addi");
    Tile from = instruction.operands().get(0);
    return """
        "%s"(%s) <{%s}> ({
            ^bb0(%%a: %s, %%b: %s):
              %%s = arith.%s %%a, %%b : %s
              %s.return %%s : %s
            }) : (%s) -> %s"""
        .formatted(
            operation,
            name(from),
            attributes,
            element,
            element,
            add,
            element,
            operation,
            element,
            from.type().text(),
            type.text());
  }

  private void loop(Instruction instruction, Instruction.Loop loop) {
    String result = name(Objects.requireNonNull(instruction.result()));
    String bound = result + "_";
    String type = loop.carried().type().text();
    text.append(
        """
            %szero = arith.constant 0 : i32
            %sone = arith.constant 1 : i32
            %scount = arith.constant %d : i32
            %s = scf.for %s = %szero to %scount step %sone iter_args(%s = %s) -> (%s) : i32 {
        """
            .formatted(
                bound,
                bound,
                bound,
                loop.count(),
                result,
                name(loop.index()),
                bound,
                bound,
                bound,
                name(loop.carried()),
                names(instruction.operands()),
                type));
    print(loop.body());
    text.append("      scf.yield %s : %s\n    }\n".formatted(name(loop.next()), type));
  }
}
