package org.omnimamba.model.sampling;

/**
 * Random numbers without state. The number for (seed, image index, position) is a hash of the
 * three: SplitMix64's finaliser (Steele, Lea, Flood 2014, with Stafford's constants) is applied
 * once for each of them, each time on the sum of what came before and the counter times an odd
 * constant of its own. So a draw is the same alone, in a batch, after a restart or on another
 * machine.
 */
final class CounterRandom {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final long INDEX_STEP = 0xD1342543DE82EF95L;
  private static final long POSITION_STEP = 0xAF251AF3B0F025B5L;

  private CounterRandom() {}

  /** A number in {@code [0, 1)}, a multiple of 2^-53. */
  static double uniform(long seed, long imageIndex, long position) {
    long bits = mix(seed + GOLDEN);
    bits = mix(bits + (imageIndex + 1) * INDEX_STEP);
    bits = mix(bits + (position + 1) * POSITION_STEP);
    return (bits >>> 11) * 0x1.0p-53;
  }

  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
