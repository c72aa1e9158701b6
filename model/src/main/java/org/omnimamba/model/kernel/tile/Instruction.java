package org.omnimamba.model.kernel.tile;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One instruction of a kernel.
 *
 * @param result null for a store
 * @param detail what the operation needs beside its operands; see {@link Operation}
 */
public record Instruction(
    Operation operation, @Nullable Tile result, List<Tile> operands, Object detail) {

  /** Operations on tiles. Operands of element-wise ones have one type. */
  public enum Operation {
    /** Index of the program along an axis; detail: the axis. */
    PROGRAM,
    /** A scalar; detail: the number. */
    CONSTANT,
    /** {@code 0, 1, ...}. */
    RANGE,
    /** A scalar in all places of a tile. */
    SPLAT,
    /** One more axis of size 1; detail: the axis. */
    EXPAND,
    /** Axes of size 1 repeated to the result's shape. */
    BROADCAST,
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    REMAINDER,
    MAXIMUM,
    AND,
    LESS,
    EQUAL,
    EXP,
    LOG,
    RSQRT,
    SELECT,
    /** To the result's element. */
    CONVERT,
    /** A pointer and a number of elements. */
    OFFSET,
    /** Pointers; or pointers, mask and the values of places outside it; detail: {@link Reuse}. */
    LOAD,
    /** Pointers and values; or pointers, values and mask. */
    STORE,
    /** Sum along an axis, which goes; detail: the axis. */
    SUM,
    /** Largest number along an axis, which goes; detail: the axis. */
    LARGEST,
    /** Sums of a vector's elements up to and with each. */
    CUMULATE,
    /** The two axes exchanged. */
    TRANSPOSE,
    /** {@code a [m, k]}, {@code b [k, n]} and what is added to their product. */
    DOT,
    /** Repeats a body that carries one tile; operand: its first value; detail: {@link Loop}. */
    LOOP
  }

  /** What is known about the next use of memory that is read. */
  public enum Reuse {
    UNKNOWN,
    /** Not in this step: other data should stay in the cache. */
    NONE
  }

  /**
   * @param count how often the body runs
   * @param index counts from 0
   * @param carried the tile before a round
   * @param next the tile after a round
   */
  public record Loop(int count, Tile index, Tile carried, List<Instruction> body, Tile next) {}
}
