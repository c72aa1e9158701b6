package org.omnimamba.standalone.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Which GPUs there are, by the variable and the driver. */
class VisibleGpusTest {
  @Test
  void withoutTheVariableTheDriverCounts() {
    assertThat(VisibleGpus.of(null, () -> OptionalInt.of(2)).names()).containsExactly("0", "1");
    assertThat(VisibleGpus.of(null, OptionalInt::empty).names()).isEmpty();
  }

  @Test
  void theDriversProgramIsCounted() {
    assertThat(VisibleGpus.count("sh", "-c", "echo 0; echo 1")).hasValue(2);
    assertThat(VisibleGpus.count("sh", "-c", "echo No devices were found")).hasValue(0);
    assertThat(VisibleGpus.count("sh", "-c", "echo 0; exit 9")).isEmpty();
    assertThat(VisibleGpus.count("no-such-program-as-this")).isEmpty();
  }

  @Test
  void theVariableNamesThem() {
    assertThat(VisibleGpus.of("2, 0", () -> OptionalInt.of(4)).names()).containsExactly("2", "0");
    assertThat(VisibleGpus.of("5,1", OptionalInt::empty).names()).containsExactly("5", "1");
    assertThat(VisibleGpus.of("GPU-8932f937,MIG-1", OptionalInt::empty).names())
        .containsExactly("GPU-8932f937", "MIG-1");
    assertThat(VisibleGpus.of("2,0", () -> OptionalInt.of(4)).device(1))
        .isEqualTo(new EngineDevice(1, "0"));
  }

  @Test
  void whatNamesNoneEndsTheList() {
    assertThat(VisibleGpus.of("1,-1,0", () -> OptionalInt.of(4)).names()).containsExactly("1");
    assertThat(VisibleGpus.of("1,4,0", () -> OptionalInt.of(4)).names()).containsExactly("1");
    assertThat(VisibleGpus.of("", () -> OptionalInt.of(4)).names()).isEmpty();
    assertThat(VisibleGpus.of("none", () -> OptionalInt.of(4)).names()).isEmpty();
  }
}
