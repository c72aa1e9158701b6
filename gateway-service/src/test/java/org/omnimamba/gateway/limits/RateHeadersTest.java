package org.omnimamba.gateway.limits;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateHeadersTest {
  @ParameterizedTest
  @CsvSource({
    "0,0s",
    "1,1ms",
    "120000000,120ms",
    "1000000000,1s",
    "1500000000,1.5s",
    "60000000000,1m0s",
    "361250000000,6m1.25s",
    "-5,0s"
  })
  void writesDurationsAsOpenAiDoes(long nanos, String written) {
    assertThat(RateHeaders.duration(nanos)).isEqualTo(written);
  }
}
