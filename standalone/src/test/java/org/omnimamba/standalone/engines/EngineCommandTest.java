package org.omnimamba.standalone.engines;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What an engine's process is started with. */
class EngineCommandTest {
  private static final long GIGABYTE = 1L << 30;

  @Test
  void itHasThisProcesssOptionsButForThoseThatAreItsOwn() {
    assertThat(
            EngineCommand.of(
                SmallEngine.class,
                List.of(
                    "-Dsome=thing",
                    "-Xmx8g",
                    "-Xms8g",
                    "-XX:ActiveProcessorCount=6",
                    "-agentlib:jdwp=transport=dt_socket,server=y,address=5005",
                    "-Dlogging.config=mine.xml",
                    "-XX:+UseZGC"),
                8 * GIGABYTE,
                6,
                2))
        .contains("-Dsome=thing", "-XX:+UseZGC", "-Xmx4096m", "-XX:ActiveProcessorCount=3")
        .doesNotContain("-Xmx8g", "-Xms8g", "-XX:ActiveProcessorCount=6")
        .doesNotContain("-Dlogging.config=mine.xml")
        .noneMatch(option -> option.startsWith("-agentlib:jdwp"))
        .endsWith(SmallEngine.class.getName());
  }

  @Test
  void theHeapIsSharedDownToWhatAServiceNeeds() {
    assertThat(heap(16 * GIGABYTE, 4)).isEqualTo("-Xmx4096m");
    assertThat(heap(GIGABYTE, 2)).isEqualTo("-Xmx768m");
    assertThat(heap(GIGABYTE / 2, 2)).isEqualTo("-Xmx512m");
  }

  private static String heap(long all, int engines) {
    return EngineCommand.of(SmallEngine.class, List.of(), all, 1, engines).stream()
        .filter(option -> option.startsWith("-Xmx"))
        .findFirst()
        .orElseThrow();
  }
}
