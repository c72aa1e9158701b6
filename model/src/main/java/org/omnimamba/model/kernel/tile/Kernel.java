package org.omnimamba.model.kernel.tile;

import java.util.List;

/**
 * A kernel: instructions that each program of a grid runs.
 *
 * @param arguments pointers: operands first, then results
 * @param launch how it is started
 */
public record Kernel(String name, List<Tile> arguments, List<Instruction> body, Launch launch) {

  /**
   * How a kernel is started.
   *
   * @param columns programs along the first axis of the grid
   * @param rows programs along the second
   * @param warps of 32 threads in each program
   * @param stages of loads that a loop keeps in flight
   */
  public record Launch(int columns, int rows, int warps, int stages) {}
}
