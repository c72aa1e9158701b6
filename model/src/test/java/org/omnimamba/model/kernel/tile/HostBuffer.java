package org.omnimamba.model.kernel.tile;

import java.util.Arrays;
import org.omnimamba.model.checkpoint.tensor.FloatFormats;

/**
 * Memory that an argument of a kernel points to. It knows which programs have touched which element
 * since {@link #launch}, and complains where they depend on one another.
 */
public final class HostBuffer {
  private static final int NOBODY = -1;
  private static final int SEVERAL = -2;

  private final Element element;
  // one of the two is empty
  private final float[] floats;
  private final long[] integers;
  private final boolean[] filled;
  private final int[] readers;
  private final int[] writers;

  private HostBuffer(Element element, float[] floats, long[] integers, boolean[] filled) {
    this.element = element;
    this.floats = floats;
    this.integers = integers;
    this.filled = filled;
    this.readers = new int[filled.length];
    this.writers = new int[filled.length];
    launch();
  }

  /** A copy of values, rounded to a float element. */
  public static HostBuffer of(Element element, float... values) {
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = round(element, values[i]);
    }
    return new HostBuffer(element, rounded, new long[0], all(values.length));
  }

  /** Values of an integer element. */
  public static HostBuffer of(Element element, long... values) {
    return new HostBuffer(element, new float[0], values.clone(), all(values.length));
  }

  /** Memory that holds nothing yet. */
  public static HostBuffer empty(Element element, int size) {
    boolean floating = element.isFloat();
    return new HostBuffer(
        element, new float[floating ? size : 0], new long[floating ? 0 : size], new boolean[size]);
  }

  private static boolean[] all(int size) {
    boolean[] filled = new boolean[size];
    Arrays.fill(filled, true);
    return filled;
  }

  /** The nearest number that a float element can hold, ties to even. */
  public static float round(Element element, float value) {
    return switch (element) {
      case F32 -> value;
      case BF16 -> FloatFormats.bfloat16ToFloat(FloatFormats.floatToBfloat16(value));
      case F16 -> roundToHalf(value);
      default -> throw new IllegalArgumentException(element + " holds no floats");
    };
  }

  private static float roundToHalf(float value) {
    if (value == 0 || Float.isNaN(value)) {
      return value;
    }
    if (Math.abs(value) >= 65520) {
      return Math.copySign(Float.POSITIVE_INFINITY, value);
    }
    double unit = Math.scalb(1.0, Math.max(Math.getExponent(value), -14) - 10);
    return (float) (Math.rint(value / unit) * unit);
  }

  /** Forgets who touched what: another kernel starts. */
  void launch() {
    Arrays.fill(readers, NOBODY);
    Arrays.fill(writers, NOBODY);
  }

  public HostBuffer copy() {
    return new HostBuffer(element, floats.clone(), integers.clone(), filled.clone());
  }

  Element element() {
    return element;
  }

  public int size() {
    return filled.length;
  }

  /** Whether each element has a value. */
  public boolean isFilled() {
    for (boolean one : filled) {
      if (!one) {
        return false;
      }
    }
    return true;
  }

  /** The floats; 0 where there are none yet. */
  public float[] floats() {
    return floats.clone();
  }

  public float get(int place) {
    return floats[place];
  }

  public long integer(int place) {
    return integers[place];
  }

  /** Whether the contents are the same, bit by bit. */
  public boolean sameAs(HostBuffer other) {
    return Arrays.equals(floats, other.floats)
        && Arrays.equals(integers, other.integers)
        && Arrays.equals(filled, other.filled);
  }

  /** Element {@code from} of this goes to element {@code to} of a tile. */
  void load(int program, long from, TileValue tile, int to) {
    int place = place(program, from);
    if (!filled[place]) {
      throw new IllegalStateException(
          "program %d reads element %d, which nobody wrote".formatted(program, place));
    }
    // not even its own: the threads of a program do not wait for one another's writes
    if (writers[place] != NOBODY) {
      throw new IllegalStateException(
          "program %d reads element %d, which program %d wrote"
              .formatted(program, place, writers[place]));
    }
    readers[place] = readers[place] == NOBODY || readers[place] == program ? program : SEVERAL;
    if (element.isFloat()) {
      tile.floats[to] = floats[place];
    } else {
      tile.integers[to] = integers[place];
    }
  }

  /** Element {@code from} of a tile goes to element {@code to} of this. */
  void store(int program, long to, TileValue tile, int from) {
    int place = place(program, to);
    if (writers[place] != NOBODY) {
      throw new IllegalStateException(
          "program %d writes element %d, which program %d wrote"
              .formatted(program, place, writers[place]));
    }
    if (readers[place] != NOBODY && readers[place] != program) {
      throw new IllegalStateException(
          "program %d writes element %d, which another program reads".formatted(program, place));
    }
    writers[place] = program;
    filled[place] = true;
    if (element.isFloat()) {
      floats[place] = round(element, tile.floats[from]);
    } else {
      integers[place] = tile.integers[from];
    }
  }

  private int place(int program, long index) {
    if (index < 0 || index >= filled.length) {
      throw new IllegalStateException(
          "program %d is at element %d of %d".formatted(program, index, filled.length));
    }
    return (int) index;
  }
}
