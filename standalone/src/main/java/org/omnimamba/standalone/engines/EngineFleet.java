package org.omnimamba.standalone.engines;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Several engines, each in a process of its own, for as long as this one runs. */
public final class EngineFleet implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EngineFleet.class);
  private static final String PORT = "server.port";
  private static final String MANAGEMENT_PORT = "management.server.port";

  private final List<EngineProcess> engines = new ArrayList<>();
  private final EngineTiming timing;

  /**
   * Engines that do not run yet; may be closed while they start.
   *
   * @param devices one for each engine
   * @param program the main class of their processes, which uses {@link ParentLink}
   * @param settings of their services by full property name; of a port that is set the first engine
   *     takes that, and each other one the next
   */
  public EngineFleet(List<EngineDevice> devices, Class<?> program, Map<String, Object> settings) {
    this(devices, EngineCommand.of(program, devices.size()), settings, EngineTiming.DEFAULT);
  }

  EngineFleet(
      List<EngineDevice> devices,
      List<String> command,
      Map<String, Object> settings,
      EngineTiming timing) {
    this.timing = timing;
    for (EngineDevice device : devices) {
      engines.add(
          new EngineProcess(device, command, order(settings, engines.size()), timing, this::tell));
    }
  }

  private static EngineOrder order(Map<String, Object> settings, int index) {
    Map<String, String> own = new HashMap<>();
    settings.forEach((name, value) -> own.put(name, value.toString()));
    return new EngineOrder(port(own, PORT, index), port(own, MANAGEMENT_PORT, index), own);
  }

  /** A port that is a number is taken from the settings; anything else the service refuses. */
  private static int port(Map<String, String> settings, String name, int index) {
    String set = settings.getOrDefault(name, "");
    if (!set.matches("\\d{1,5}")) {
      return 0;
    }
    settings.remove(name);
    int first = Integer.parseInt(set);
    return first == 0 ? 0 : first + index;
  }

  private void tell(EngineProcess.State state, String news) {
    log.atLevel(state == EngineProcess.State.READY ? Level.INFO : Level.WARN)
        .log("{}; {} of {} engines are ready", news, counts().ready(), engines.size());
  }

  /**
   * Starts all and returns when they listen; their models may still be loading.
   *
   * @throws IOException if one does not start; says why
   */
  public void start() throws IOException {
    // alone, so that what is wrong with the settings is said once
    EngineProcess first = engines.get(0);
    first.keep(first.start());
    List<EngineProcess> others = engines.subList(1, engines.size());
    List<EngineChild> children = new ArrayList<>();
    for (EngineProcess engine : others) {
      children.add(engine.start());
    }
    for (int i = 0; i < children.size(); i++) {
      others.get(i).keep(children.get(i));
    }
  }

  /** Where they listen, without a slash at the end. */
  public List<String> urls() {
    return engines.stream().map(EngineProcess::url).toList();
  }

  /** Where they tell of themselves, without a slash at the end. */
  public List<String> managementUrls() {
    return engines.stream().map(EngineProcess::managementUrl).toList();
  }

  public EngineCounts counts() {
    return new EngineCounts(
        (int) engines.stream().filter(one -> one.state() == EngineProcess.State.READY).count(),
        (int) engines.stream().filter(EngineProcess::isFirstStart).count(),
        engines.size());
  }

  /** What they do until they are ready, in a few words. */
  public String progress() {
    String doing =
        engines.stream()
            .filter(EngineProcess::isFirstStart)
            .map(EngineProcess::progress)
            .findFirst()
            .orElse("starting again");
    EngineCounts counts = counts();
    return "%d of %d engines are ready, %s".formatted(counts.ready(), counts.all(), doing);
  }

  /** Stops all at once. */
  @Override
  public void close() {
    engines.forEach(EngineProcess::stop);
    long until = System.nanoTime() + timing.stop().toNanos();
    try {
      for (EngineProcess engine : engines) {
        engine.awaitEnd(Duration.ofNanos(until - System.nanoTime()));
      }
    } catch (InterruptedException e) {
      // their input ends with this process, and they with it
      Thread.currentThread().interrupt();
    }
  }
}
