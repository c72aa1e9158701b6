package org.omnimamba.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OmniMambaCommandTest {
  private final CommandRun run = new CommandRun();

  @Test
  void aMissingCommandIsWrongUsage() {
    assertThat(run.execute()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("a command is missing").contains("--help");
  }

  @Test
  void anUnknownCommandIsWrongUsage() {
    assertThat(run.execute("paint")).isEqualTo(2);
    assertThat(run.err()).contains("paint").doesNotContain("\tat ");
  }

  @Test
  void helpGoesToStandardOutput() {
    assertThat(run.execute("--help")).isZero();
    assertThat(run.out()).contains("omnimamba");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void everyCommandKnowsItsVersion() {
    assertThat(run.execute("image", "--version")).isZero();
    assertThat(run.out()).matches("omnimamba \\d+\\.\\d+\\.\\d+.*\\R");
  }
}
