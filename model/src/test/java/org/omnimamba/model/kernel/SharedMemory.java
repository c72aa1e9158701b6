package org.omnimamba.model.kernel;

import java.util.List;
import org.omnimamba.model.kernel.tile.Element;
import org.omnimamba.model.kernel.tile.Instruction;
import org.omnimamba.model.kernel.tile.Instruction.Operation;
import org.omnimamba.model.kernel.tile.Kernel;
import org.omnimamba.model.kernel.tile.TileType;

/** Shared memory that a kernel takes, read from its instructions. */
final class SharedMemory {
  /** What a program can have on an H100, in bytes. */
  static final int H100 = 232_448;

  private SharedMemory() {}

  /** Bytes of the matrices that each round of the kernel's loop loads; 0 without a loop. */
  static int bytesOfARound(Kernel kernel) {
    List<Instruction.Loop> loops =
        kernel.body().stream()
            .filter(instruction -> instruction.operation() == Operation.LOOP)
            .map(instruction -> (Instruction.Loop) instruction.detail())
            .toList();
    return loops.stream()
        .flatMap(loop -> loop.body().stream())
        .filter(instruction -> instruction.operation() == Operation.LOAD)
        .mapToInt(instruction -> bytes(instruction.result().type()))
        .sum();
  }

  private static int bytes(TileType type) {
    if (type.element() != Element.BF16) {
      throw new AssertionError("a loop loads " + type);
    }
    return type.size() * Short.BYTES;
  }
}
