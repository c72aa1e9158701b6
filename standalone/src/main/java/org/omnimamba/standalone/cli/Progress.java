package org.omnimamba.standalone.cli;

import java.io.PrintWriter;
import java.time.Duration;

/**
 * Says what is being done: on a terminal in one line that changes, elsewhere a line for each thing
 * that is new, and now and then that it goes on.
 */
final class Progress {
  private static final String START_OF_LINE = "\r\u001b[K";
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private final PrintWriter err;
  private final boolean terminal;
  private String doing = "";
  private long since;
  private long said;

  /**
   * @param terminal whether a person looks at what is printed
   */
  Progress(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  /** Something is being done now, the same as before or another thing. */
  synchronized void doing(String what) {
    long now = System.nanoTime();
    boolean changed = !what.equals(doing);
    if (changed) {
      // numbers in a text change, and it is the same thing
      if (!plain(what).equals(plain(doing))) {
        since = now;
      } else if (!terminal && now - said < SILENCE.toNanos()) {
        return;
      }
    } else if (now - said < (terminal ? Duration.ofSeconds(1) : SILENCE).toNanos()) {
      return;
    }
    doing = what;
    said = now;
    long seconds = Duration.ofNanos(now - since).toSeconds();
    String line = "omnimamba: " + what + (seconds < 2 ? "" : " (" + seconds + " s)");
    if (terminal) {
      err.print(START_OF_LINE + line);
      err.flush();
    } else {
      err.println(line);
    }
  }

  private static String plain(String text) {
    return text.replaceAll("\\d+", "");
  }

  /** Nothing more is being done; what is printed next begins a line. */
  synchronized void done() {
    if (terminal) {
      err.print(START_OF_LINE);
      err.flush();
    }
  }
}
