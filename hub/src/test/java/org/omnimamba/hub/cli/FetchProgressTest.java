package org.omnimamba.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class FetchProgressTest {
  private static final long SECOND = 1_000_000_000L;

  private final StringWriter printed = new StringWriter();
  private long now;

  private FetchProgress progress(boolean terminal) {
    return new FetchProgress(new PrintWriter(printed, true), terminal, () -> now);
  }

  @Test
  void inAFileATenthIsALine() {
    FetchProgress progress = progress(false);
    for (int megabytes = 0; megabytes <= 1000; megabytes++) {
      progress.transferred("a.pth", megabytes * 1_000_000L, 1_000_000_000L);
      now += SECOND / 50;
    }
    progress.doing("checking a.pth");
    progress.doing("checking a.pth");
    progress.done();
    assertThat(printed.toString().lines())
        .hasSize(12)
        .contains(
            "omnimamba: a.pth 0 % of 1.00 GB",
            "omnimamba: a.pth 50 % of 1.00 GB, 50.00 MB/s, 10 s left",
            "omnimamba: a.pth 100 % of 1.00 GB, 50.00 MB/s",
            "omnimamba: checking a.pth");
  }

  @Test
  void onATerminalOneLineChanges() {
    FetchProgress progress = progress(true);
    progress.transferred("a.pth", 0, 240_000_000);
    now += SECOND;
    progress.transferred("a.pth", 120_000_000, 240_000_000);
    progress.notice("a.pth has changed");
    progress.done();
    assertThat(printed.toString())
        .isEqualTo(
            "\r\u001b[Komnimamba: a.pth [------------------------] 0 % of 240.00 MB"
                + "\r\u001b[Komnimamba: a.pth [############------------] 50 % of 240.00 MB,"
                + " 120.00 MB/s, 1 s left"
                + "\r\u001b[Komnimamba: a.pth has changed"
                + System.lineSeparator());
  }

  @Test
  void whatWasHereBeforeIsNoSpeed() {
    FetchProgress progress = progress(false);
    progress.transferred("a.pth", 500_000_000, 1_000_000_000);
    now += SECOND;
    progress.transferred("a.pth", 600_000_000, 1_000_000_000);
    assertThat(printed.toString()).contains("60 % of 1.00 GB, 100.00 MB/s, 4 s left");
  }
}
