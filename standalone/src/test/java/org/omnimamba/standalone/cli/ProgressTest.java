package org.omnimamba.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final StringWriter printed = new StringWriter();

  @Test
  void inAFileEachThingIsOneLine() {
    Progress progress = progress(false);
    progress.doing("starting the database");
    progress.doing("starting the database");
    progress.doing("compiling, 1 functions done");
    progress.doing("compiling, 2 functions done");
    progress.done();
    assertThat(printed.toString().lines())
        .containsExactly(
            "omnimamba: starting the database", "omnimamba: compiling, 1 functions done");
  }

  @Test
  void onATerminalALineReplacesTheOneBefore() {
    Progress progress = progress(true);
    progress.doing("compiling, 1 functions done");
    progress.doing("compiling, 2 functions done");
    progress.done();
    assertThat(printed.toString())
        .isEqualTo(
            "\r\u001b[Komnimamba: compiling, 1 functions done"
                + "\r\u001b[Komnimamba: compiling, 2 functions done"
                + "\r\u001b[K");
  }

  private Progress progress(boolean terminal) {
    return new Progress(new PrintWriter(printed, true), terminal);
  }
}
