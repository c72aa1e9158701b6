package org.omnimamba.hub.cli;

import java.io.PrintWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.omnimamba.hub.FetchListener;
import org.omnimamba.hub.download.DiskSpace;

/**
 * Shows a fetch: on a terminal in one line with a bar that changes, elsewhere one line for each
 * tenth of a file.
 */
public final class FetchProgress implements FetchListener {
  private static final String START_OF_LINE = "\r\u001b[K";
  private static final int BAR = 24;
  private static final long SECOND = 1_000_000_000L;
  private static final long REFRESH = SECOND / 5;

  /** Over which the speed is measured. */
  private static final long WINDOW = 10 * SECOND;

  private final PrintWriter err;
  private final boolean terminal;
  private final LongSupplier nanos;
  private final Deque<Sample> samples = new ArrayDeque<>();
  private String file = "";
  private String said = "";
  private long shown;
  private int tenth;
  private boolean open;

  private record Sample(long at, long bytes) {}

  /**
   * @param terminal whether a person looks at what is printed
   */
  public FetchProgress(PrintWriter err, boolean terminal) {
    this(err, terminal, System::nanoTime);
  }

  FetchProgress(PrintWriter err, boolean terminal, LongSupplier nanos) {
    this.err = err;
    this.terminal = terminal;
    this.nanos = nanos;
  }

  @Override
  public synchronized void doing(String what) {
    if (what.equals(said)) {
      return;
    }
    said = what;
    if (terminal) {
      show(what);
    } else {
      err.println("omnimamba: " + what);
    }
  }

  @Override
  public synchronized void notice(String text) {
    done();
    err.println("omnimamba: " + text);
  }

  @Override
  public synchronized void transferred(String name, long bytes, long total) {
    long now = nanos.getAsLong();
    if (!name.equals(file) || (!samples.isEmpty() && bytes < samples.getLast().bytes)) {
      file = name;
      said = "";
      samples.clear();
      tenth = -1;
      shown = now - REFRESH;
    }
    if (samples.isEmpty() || now - samples.getLast().at >= REFRESH) {
      samples.addLast(new Sample(now, bytes));
    }
    while (samples.size() > 2 && now - samples.getFirst().at > WINDOW) {
      samples.removeFirst();
    }
    int reached = total == 0 ? 10 : (int) (bytes * 10 / total);
    if (terminal) {
      if (now - shown >= REFRESH || bytes == total) {
        shown = now;
        show(line(name, bytes, total, now, true));
      }
    } else if (reached > tenth) {
      tenth = reached;
      err.println("omnimamba: " + line(name, bytes, total, now, false));
    }
  }

  private String line(String name, long bytes, long total, long now, boolean bar) {
    double part = total == 0 ? 1 : (double) bytes / total;
    StringBuilder line = new StringBuilder(name).append(' ');
    if (bar) {
      int full = (int) (part * BAR);
      line.append('[').append("#".repeat(full)).append("-".repeat(BAR - full)).append("] ");
    }
    line.append("%d %% of %s".formatted((int) (part * 100), DiskSpace.size(total)));
    Sample first = samples.getFirst();
    double seconds = (now - first.at) / (double) SECOND;
    if (seconds > 0 && bytes > first.bytes) {
      double speed = (bytes - first.bytes) / seconds;
      line.append(", ").append(DiskSpace.size((long) speed)).append("/s");
      if (bytes < total) {
        line.append(", ").append(time((long) ((total - bytes) / speed))).append(" left");
      }
    }
    return line.toString();
  }

  private static String time(long seconds) {
    return seconds < 100
        ? seconds + " s"
        : seconds < 6000
            ? (seconds + 30) / 60 + " min"
            : String.format(Locale.ROOT, "%.1f h", seconds / 3600.0);
  }

  private void show(String text) {
    err.print(START_OF_LINE + "omnimamba: " + text);
    err.flush();
    open = true;
  }

  /** Nothing more is being done; what is printed next begins a line. */
  public synchronized void done() {
    if (open) {
      err.print(START_OF_LINE);
      err.flush();
      open = false;
    }
  }
}
