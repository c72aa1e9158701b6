package org.omnimamba.model.kernel.tile;

/** Sizes of tiles and buckets. */
public final class PowersOfTwo {
  private PowersOfTwo() {}

  /** Whether {@code size}, which is positive, is one. */
  public static boolean is(int size) {
    return Integer.bitCount(size) == 1;
  }

  /** The smallest that is not less than {@code size}. */
  public static int atLeast(int size) {
    int power = Integer.highestOneBit(size);
    return power == size ? power : 2 * power;
  }

  /** The largest that divides {@code size} and is at most {@code most}, one too. */
  public static int dividing(int size, int most) {
    return Math.min(Integer.lowestOneBit(size), most);
  }
}
