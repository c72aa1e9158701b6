package org.omnimamba.benchmarks;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.omnimamba.benchmarks.figures.Rounding;
import org.omnimamba.inference.InferenceServiceApplication;
import org.omnimamba.inference.engine.Engine;
import org.omnimamba.inference.serving.ServedModel;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/**
 * Offers an engine four times the sequences it has room for, beside a run in which all of them fit,
 * and reports what was accepted and refused, the gaps between tokens and the memory. Every client
 * submits its next request as soon as the last one has ended or was refused a moment ago. Ends with
 * status 1 if a request failed, if more was held than there is room for, or if something was still
 * held at the end.
 *
 * <p>Arguments: the model directory, then optionally the seconds of each run (20). A fixed heap
 * ({@code -Xms384m -Xmx384m -XX:+AlwaysPreTouch}) keeps the heap's own growth out of the memory.
 */
public final class EngineOverload {
  private static final int SLOTS = 8;
  private static final int WAITING = 24;
  private static final int ROOM = SLOTS + WAITING;
  private static final int TIMES = 4;

  private final Engine engine;
  private final ServedModel model;
  private final EngineProbe probe;

  private EngineOverload(ConfigurableApplicationContext service) {
    this.engine = service.getBean(Engine.class);
    this.model = service.getBean(ServedModel.class);
    this.probe = new EngineProbe(service);
  }

  public static void main(String[] args) throws Exception {
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 20;
    boolean sound;
    try (ConfigurableApplicationContext service =
        InferenceServiceApplication.builder()
            .run(
                "--server.port=0",
                "--management.server.port=0",
                "--logging.level.root=warn",
                "--omnimamba.internal-token=overload-token-on-loopback",
                "--omnimamba.inference.model=" + args[0],
                "--omnimamba.inference.engine.slots=" + SLOTS,
                "--omnimamba.inference.engine.max-waiting=" + WAITING)) {
      EngineOverload overload = new EngineOverload(service);
      overload.probe.awaitReady();
      overload.run(ROOM, seconds / 4 + 1); // fills caches and lets the compiler work
      Map<String, Object> report = new LinkedHashMap<>();
      OverloadFigures fits = overload.run(SLOTS, seconds);
      report.put("all_running", fits.json());
      report.put("room_used", overload.run(ROOM, seconds).json());
      OverloadFigures over = overload.run(TIMES * ROOM, seconds);
      report.put("four_times_the_room", over.json());
      report.put("p99_gap_over_all_running", Rounding.hundredths(over.p99() / fits.p99()));
      System.out.println(JsonMapper.shared().writeValueAsString(report));
      sound = over.failed() == 0 && over.mostSequences() <= ROOM && over.refused() > 0;
    }
    if (!sound) {
      System.exit(1);
    }
  }

  private OverloadFigures run(int clients, int seconds) throws InterruptedException, IOException {
    OverloadFigures figures = new OverloadFigures(clients);
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    try {
      for (int client = 0; client < clients; client++) {
        new OverloadClient(client, engine, model, figures, clock, end).next();
      }
      while (System.nanoTime() < end) {
        figures.sequences(engine.status().sequences());
        TimeUnit.MILLISECONDS.sleep(5);
      }
      probe.awaitIdle();
    } finally {
      clock.shutdownNow();
    }
    figures.residentBytes(ProcessMemory.bytes(ProcessHandle.current().pid(), "VmRSS"));
    return figures;
  }
}
