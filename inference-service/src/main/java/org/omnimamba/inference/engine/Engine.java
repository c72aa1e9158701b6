package org.omnimamba.inference.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.engine.EngineException.Reason;
import org.omnimamba.web.logging.Outage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs generation requests on one device with one thread, which opens the model, drives it and
 * closes it; where the model says so, a second thread runs towers and pixels beside it. See the
 * package description for how requests move through it.
 */
public final class Engine implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Engine.class);
  private static final Duration RETRY_WHILE_LOADING = Duration.ofSeconds(5);
  private static final long NOT_ITERATING = 0;

  private final ModelBackend.Factory factory;
  private final EngineSettings settings;
  private final EngineMeters meters;
  private final LongSupplier nanoTime;
  private final Consumer<Throwable> onLoadFailure;
  private final Throughput throughput = new Throughput();
  private final Outage probes = new Outage(log, "the probe of the device");
  private final Thread thread;
  private final Beside beside;
  private final Events events = new Events();
  private final CountDownLatch ended = new CountDownLatch(1);

  /** Guards the inbox, the state's transitions and the admission's existence. */
  private final Object lock = new Object();

  private final Queue<ActiveRequest> inbox = new ArrayDeque<>();
  private EngineState state = EngineState.LOADING;
  private @Nullable Admission admission;
  private long drainUntilNanos;

  private volatile long iterationStartedNanos = NOT_ITERATING;

  /**
   * @param factory opens the model on the engine's thread
   * @param nanoTime a clock as {@link System#nanoTime}
   * @param onLoadFailure called on the engine's thread if the model cannot be loaded
   */
  public Engine(
      ModelBackend.Factory factory,
      EngineSettings settings,
      EngineMeters meters,
      LongSupplier nanoTime,
      Consumer<Throwable> onLoadFailure) {
    this.factory = factory;
    this.settings = settings;
    this.meters = meters;
    this.nanoTime = nanoTime;
    this.onLoadFailure = onLoadFailure;
    this.thread = new Thread(this::run, "omnimamba-engine");
    this.thread.setDaemon(true);
    this.beside = new Beside(nanoTime, this::wake);
  }

  private void wake() {
    synchronized (lock) {
      lock.notifyAll();
    }
  }

  /** Starts loading; {@link #state()} tells when the engine is ready. */
  public void start() {
    thread.start();
  }

  /**
   * Accepts a request or refuses it at once; never blocks for longer than a counter's update.
   *
   * @throws EngineException with the reason of the refusal; the listener then hears nothing
   */
  public AcceptedRequest submit(GenerationRequest request, RequestListener listener) {
    try {
      synchronized (lock) {
        Admission.Reservation reservation =
            admissionIfReady()
                .reserve(request.requester(), request.sequences().size(), request.reservedTokens());
        ActiveRequest active =
            new ActiveRequest(request, listener, reservation, nanoTime.getAsLong(), this::wake);
        inbox.add(active);
        lock.notifyAll();
        return active;
      }
    } catch (EngineException e) {
      meters.rejected(e.reason());
      throw e;
    }
  }

  private Admission admissionIfReady() {
    Admission current = admission;
    switch (state) {
      case LOADING ->
          throw new EngineException(
              Reason.NOT_READY, "The model is still loading.", RETRY_WHILE_LOADING, null);
      case DEVICE_FAILED ->
          throw new EngineException(
              Reason.NOT_READY,
              "The device is failing and is being checked.",
              settings.probeInterval(),
              null);
      case READY -> {
        if (stalled()) {
          throw new EngineException(
              Reason.NOT_READY,
              "The device does not answer at present.",
              settings.stallLimit(),
              null);
        }
        if (current != null) {
          return current;
        }
      }
      default -> {}
    }
    throw EngineException.shuttingDown();
  }

  /**
   * Says at once what {@link #submit} would say about the engine's state, whatever its load.
   *
   * @throws EngineException if no request would be taken
   */
  public void requireReady() {
    synchronized (lock) {
      admissionIfReady();
    }
  }

  /**
   * Says at once what {@link #submit} would say now, so that no work goes into a request that will
   * be refused.
   *
   * @throws EngineException with the reason of the refusal
   */
  public void requireRoom(Requester requester, int sequences, long tokens) {
    try {
      synchronized (lock) {
        admissionIfReady().check(requester, sequences, tokens);
      }
    } catch (EngineException e) {
      meters.rejected(e.reason());
      throw e;
    }
  }

  public EngineState state() {
    synchronized (lock) {
      return state;
    }
  }

  /** Whether a request would be taken if there is room: ready, and steps do not hang. */
  public boolean ready() {
    return state() == EngineState.READY && !stalled();
  }

  /** Whether the current iteration, or a call beside it, has taken longer than any should. */
  public boolean stalled() {
    long started = iterationStartedNanos;
    long limit = settings.stallLimit().toNanos();
    return (started != NOT_ITERATING && nanoTime.getAsLong() - started > limit)
        || beside.longerThan(limit);
  }

  /** Load as of the last iteration, and what admission has counted. */
  public EngineStatus status() {
    synchronized (lock) {
      Admission current = admission;
      return new EngineStatus(
          state,
          meters.running(),
          meters.waiting(),
          meters.slotsInUse(),
          current == null ? 0 : current.sequences(),
          current == null ? 0 : current.tokens(),
          throughput.tokensPerSecond());
    }
  }

  /**
   * Begins to end: takes nothing new, lets accepted requests finish within {@code grace}, then
   * fails those that are left and closes the model. Returns at once; only the first call counts.
   */
  public void drain(Duration grace) {
    synchronized (lock) {
      if (state.compareTo(EngineState.DRAINING) < 0) {
        state = EngineState.DRAINING;
        drainUntilNanos = nanoTime.getAsLong() + grace.toNanos();
      }
      lock.notifyAll();
    }
  }

  /**
   * {@link #drain}, and waits until it is done or a device call has not returned for the stall
   * limit.
   *
   * @return whether the engine's thread has ended
   */
  public boolean shutdown(Duration grace) throws InterruptedException {
    drain(grace);
    return awaitEnd(grace.plus(settings.stallLimit()));
  }

  /**
   * Waits until {@link #drain} is done.
   *
   * @return whether the engine's thread has ended; false if that takes longer than {@code patience}
   */
  public boolean awaitEnd(Duration patience) throws InterruptedException {
    return thread.getState() == Thread.State.NEW
        || ended.await(patience.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** {@link #shutdown} without grace. */
  @Override
  public void close() {
    try {
      if (!shutdown(Duration.ZERO)) {
        log.error("A device call does not return; the engine's thread is left behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      load();
    } finally {
      events.close();
      ended.countDown();
    }
  }

  private void load() {
    long start = nanoTime.getAsLong();
    ModelBackend backend;
    try {
      backend = factory.open();
    } catch (RuntimeException | Error e) {
      loadFailed(e);
      return;
    }
    try (backend) {
      if (backend.slots() < 2) {
        throw new IllegalArgumentException("the engine needs at least two slots");
      }
      backend.probe();
      synchronized (lock) {
        admission =
            new Admission(
                backend.slots() + settings.maxWaitingSequences(),
                settings.maxOutstandingTokens(),
                settings.shares().tenant(),
                throughput);
        if (state == EngineState.LOADING) {
          state = EngineState.READY;
        }
      }
      meters.slots(backend.slots());
      log.info(
          "Ready: {} slots, first step run after {} ms",
          backend.slots(),
          TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - start));
      try {
        serve(backend);
      } finally {
        beside.close(); // the model must not be closed under a call
      }
    } catch (RuntimeException | Error e) {
      loadFailed(e);
    }
  }

  private void loadFailed(Throwable cause) {
    synchronized (lock) {
      state = EngineState.LOAD_FAILED;
    }
    log.error("The model cannot be used: {}", cause.getMessage(), cause);
    onLoadFailure.accept(cause);
  }

  private void serve(ModelBackend backend) {
    DeviceHealth health =
        new DeviceHealth(settings.failuresUntilUnready(), settings.probeInterval());
    if (backend.worksBeside()) {
      beside.start();
    }
    EngineLoop loop =
        new EngineLoop(backend, settings, beside, events, health, meters, throughput, nanoTime);
    while (takeWork(loop, health)) {
      iterationStartedNanos = nanoTime.getAsLong() | 1; // never NOT_ITERATING
      if (loop.hasWork()) {
        iterate(loop, health);
      } else if (!health.usable()) {
        probe(backend, health);
      }
      iterationStartedNanos = NOT_ITERATING;
      updateState(health);
    }
    loop.failAll(EngineException.shuttingDown());
    synchronized (lock) {
      state = EngineState.STOPPED;
    }
  }

  /** Moves new requests into the loop, waiting if there is nothing to do; false to stop. */
  private boolean takeWork(EngineLoop loop, DeviceHealth health) {
    synchronized (lock) {
      while (true) {
        boolean added = false;
        ActiveRequest request = inbox.poll();
        while (request != null) {
          loop.add(request);
          added = true;
          request = inbox.poll();
        }
        long now = nanoTime.getAsLong();
        boolean draining = state == EngineState.DRAINING;
        if (draining && !(loop.hasWork() && now - drainUntilNanos < 0)) {
          return false;
        }
        if (added || (loop.hasWork() && !loop.waits())) {
          return true;
        }
        try {
          if (loop.hasWork()) {
            long left = loop.untilDeadline(now);
            if (left <= 0) {
              return true;
            }
            long patience = draining ? Math.min(left, drainUntilNanos - now) : left;
            TimeUnit.NANOSECONDS.timedWait(lock, patience);
          } else if (health.usable()) {
            lock.wait();
          } else {
            long untilProbe = health.untilProbe(now);
            if (untilProbe <= 0) {
              return true;
            }
            TimeUnit.NANOSECONDS.timedWait(lock, untilProbe);
          }
        } catch (InterruptedException e) {
          log.warn("The engine was interrupted and stops");
          state = EngineState.DRAINING;
          drainUntilNanos = nanoTime.getAsLong();
        }
      }
    }
  }

  /** A fault of the loop itself must not leave callers waiting for ever. */
  private void iterate(EngineLoop loop, DeviceHealth health) {
    try {
      loop.iterate();
    } catch (RuntimeException | Error e) {
      log.error("An iteration failed; every request ends", e);
      health.failed(nanoTime.getAsLong());
      loop.failAll(new EngineException(Reason.FAILED, "The engine failed.", null, e));
    }
  }

  private void probe(ModelBackend backend, DeviceHealth health) {
    try {
      backend.probe();
      health.succeeded();
      log.info("The device works again");
      probes.succeeded();
    } catch (RuntimeException | Error e) {
      health.failed(nanoTime.getAsLong());
      probes.failed(e.toString());
    }
  }

  private void updateState(DeviceHealth health) {
    synchronized (lock) {
      if (state == EngineState.READY && !health.usable()) {
        state = EngineState.DEVICE_FAILED;
        log.error("The device failed several times in a row; new requests are refused");
      } else if (state == EngineState.DEVICE_FAILED && health.usable()) {
        state = EngineState.READY;
      }
    }
  }
}
