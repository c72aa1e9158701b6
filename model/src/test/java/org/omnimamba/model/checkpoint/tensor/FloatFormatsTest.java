package org.omnimamba.model.checkpoint.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FloatFormatsTest {
  @Test
  void widensEveryHalf() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = FloatFormats.halfToFloat((short) bits);
      int exponent = (bits >> 10) & 31;
      int fraction = bits & 1023;
      double magnitude =
          exponent == 31
              ? (fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN)
              : exponent == 0
                  ? fraction * Math.pow(2, -24)
                  : (1 + fraction / 1024.0) * Math.pow(2, exponent - 15);
      double expected = bits >= 0x8000 ? -magnitude : magnitude;
      assertThat((double) value).isEqualTo(Double.valueOf(expected));
    }
  }

  @Test
  void roundsToTheNearestBfloat16AndTiesToEven() {
    assertThat(round(0x3f800000)).isEqualTo(0x3f80);
    assertThat(round(0x3f807fff)).isEqualTo(0x3f80);
    assertThat(round(0x3f808000)).isEqualTo(0x3f80);
    assertThat(round(0x3f808001)).isEqualTo(0x3f81);
    assertThat(round(0x3f818000)).isEqualTo(0x3f82);
    assertThat(round(0xbf818000)).isEqualTo(0xbf82);
    assertThat(round(0x7f7fffff)).as("overflows to infinity").isEqualTo(0x7f80);
    assertThat(round(0x7f800000)).isEqualTo(0x7f80);
    assertThat(round(0xff800000)).isEqualTo(0xff80);
    assertThat(round(0x00000001)).isEqualTo(0);
    assertThat(round(0x80000000)).isEqualTo(0x8000);
    assertThat(round(0x7f800001)).as("a NaN stays one").isEqualTo(0x7fc0);
  }

  @Test
  void bfloat16ThereAndBackIsExact() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      float value = FloatFormats.bfloat16ToFloat((short) bits);
      if (!Float.isNaN(value)) {
        assertThat(FloatFormats.floatToBfloat16(value)).isEqualTo((short) bits);
      }
    }
  }

  private static int round(int floatBits) {
    return FloatFormats.floatToBfloat16(Float.intBitsToFloat(floatBits)) & 0xffff;
  }
}
