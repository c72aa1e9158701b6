package org.omnimamba.standalone.engines;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Keeps the process of one engine: watches it, and starts another on the same ports at its end. */
final class EngineProcess {
  static final String LOOPBACK = "http://127.0.0.1:";

  private final EngineDevice device;
  private final List<String> command;
  private final EngineTiming timing;
  private final BiConsumer<State, String> news;
  private final EngineProbe probe;

  /** Guards the process and whether there may be another. */
  private final Object lock = new Object();

  private boolean closing;
  private @Nullable EngineChild child;
  private volatile EngineOrder order;
  private volatile State state = State.STARTING;
  private volatile boolean firstStart = true;

  /** What is known of an engine. */
  enum State {
    /** Its process was not ready yet. */
    STARTING,
    READY,
    /** It answers, and takes no requests now. */
    REFUSING,
    SILENT,
    /** There is no process now. */
    ENDED
  }

  /**
   * How a process ended.
   *
   * @param end in a few words
   * @param stable whether it was ready for long
   */
  private record Life(String end, boolean stable) {}

  /**
   * An engine whose process does not run yet.
   *
   * @param command starts the process
   * @param order what it is to do at its first start
   * @param news is told what has changed, in a line for people
   */
  EngineProcess(
      EngineDevice device,
      List<String> command,
      EngineOrder order,
      EngineTiming timing,
      BiConsumer<State, String> news) {
    this.device = device;
    this.command = command;
    this.order = order;
    this.timing = timing;
    this.news = news;
    this.probe = new EngineProbe(timing.answer());
  }

  /**
   * Starts the process.
   *
   * @throws IOException if there can be none
   */
  EngineChild start() throws IOException {
    synchronized (lock) {
      if (closing) {
        throw new IOException("stopped while starting");
      }
      EngineChild started = EngineChild.start(device, command, order);
      child = started;
      state = State.STARTING;
      return started;
    }
  }

  /**
   * Waits until the first process listens, and keeps one running from then on.
   *
   * @throws IOException if it does not come to that; says why
   */
  void keep(EngineChild first) throws IOException {
    try {
      listens(first.listening().get(timing.open().toMillis(), MILLISECONDS));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      String reason = cause == null ? "did not start" : cause.getMessage();
      throw new IOException(device + " " + reason, cause);
    } catch (TimeoutException e) {
      throw new IOException(device + " does not open its port", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while starting", e);
    }
    Thread keeper = new Thread(() -> run(first), "engine-" + device.number() + "-keeper");
    keeper.setDaemon(true);
    keeper.start();
  }

  /** Whoever knows the ports keeps them. */
  private void listens(EngineMessage where) {
    order = new EngineOrder(where.port(), where.managementPort(), order.settings());
  }

  private void run(EngineChild first) {
    try {
      int failures = 0;
      Life life = watch(first);
      while (mayStartAgain()) {
        failures = life.stable() ? 1 : failures + 1;
        Duration pause = timing.pause(failures);
        firstStart = false;
        enter(State.ENDED, life.end() + "; it is started again in " + pause.toSeconds() + " s");
        if (!wait(pause)) {
          return;
        }
        life = nextLife();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Life nextLife() throws InterruptedException {
    try {
      return watch(start());
    } catch (IOException e) {
      return new Life("cannot be started: " + e.getMessage(), false);
    }
  }

  /** Returns when the process has ended, by itself or because it had to be killed. */
  private Life watch(EngineChild watched) throws InterruptedException {
    long heard = System.nanoTime();
    long readySince = 0;
    boolean isOpen = false;
    boolean wasReady = false;
    String reason = "";
    while (reason.isEmpty() && !watched.awaitEnd(timing.interval())) {
      if (!watched.listening().isDone()) {
        reason = ifOver(heard, timing.open(), "did not open its port");
        continue;
      }
      if (!isOpen) {
        isOpen = true;
        heard = System.nanoTime();
      }
      switch (probe.ask(order.port())) {
        case READY -> {
          heard = System.nanoTime();
          readySince = wasReady ? readySince : heard;
          wasReady = true;
          firstStart = false;
          enter(State.READY, "is ready");
        }
        case REFUSES -> {
          heard = System.nanoTime();
          if (wasReady) {
            enter(State.REFUSING, "takes no requests at present");
          }
        }
        case BROKEN -> reason = "cannot go on, as its log says, and was killed";
        case NONE -> {
          if (wasReady) {
            enter(State.SILENT, "does not answer");
          }
          reason = ifOver(heard, timing.silence(), "did not answer");
        }
      }
    }
    if (!reason.isEmpty()) {
      watched.kill();
      watched.awaitEnd(timing.stop());
    }
    boolean stable = wasReady && System.nanoTime() - readySince > timing.longestPause().toNanos();
    return new Life(reason.isEmpty() ? watched.end() : reason, stable);
  }

  /** Why the process is to be killed, or nothing while its time is not over. */
  private static String ifOver(long heard, Duration limit, String reason) {
    return System.nanoTime() - heard < limit.toNanos()
        ? ""
        : reason + " for " + limit.toSeconds() + " s and was killed";
  }

  private void enter(State now, String told) {
    if (state != now) {
      state = now;
      if (mayStartAgain()) {
        news.accept(now, device + " " + told);
      }
    }
  }

  private boolean mayStartAgain() {
    synchronized (lock) {
      return !closing;
    }
  }

  /** False if it was stopped meanwhile. */
  private boolean wait(Duration pause) throws InterruptedException {
    long until = System.nanoTime() + pause.toNanos();
    synchronized (lock) {
      for (long left = pause.toNanos(); !closing && left > 0; left = until - System.nanoTime()) {
        NANOSECONDS.timedWait(lock, left);
      }
      return !closing;
    }
  }

  State state() {
    return state;
  }

  /** Whether its first process may still become ready. */
  boolean isFirstStart() {
    return firstStart;
  }

  /** What it does until it is ready, in a few words. */
  String progress() {
    synchronized (lock) {
      return child == null ? "starting" : child.progress();
    }
  }

  /** Where it listens, without a slash at the end. */
  String url() {
    return LOOPBACK + order.port();
  }

  /** Where it tells of itself, without a slash at the end. */
  String managementUrl() {
    return LOOPBACK + order.managementPort();
  }

  /** Begins to stop it; one that is not at work, or does not answer, is killed. */
  void stop() {
    synchronized (lock) {
      closing = true;
      lock.notifyAll();
      if (child != null) {
        if (state == State.READY || state == State.REFUSING) {
          child.stop();
        } else {
          child.kill();
        }
      }
    }
  }

  /** Returns when its process has ended; after the patience it is killed. */
  void awaitEnd(Duration patience) throws InterruptedException {
    EngineChild last;
    synchronized (lock) {
      last = child;
    }
    if (last != null && !last.awaitEnd(patience)) {
      last.kill();
      last.awaitEnd(timing.stop());
    }
  }
}
