package org.omnimamba.benchmarks.serving;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.benchmarks.BenchmarkArguments;
import org.omnimamba.benchmarks.Directories;
import org.omnimamba.benchmarks.figures.Rounding;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a request of a batch costs beside the same request as a plain job, through the platform as
 * {@code omnimamba serve} starts it. The model's place is taken by a server that answers at once,
 * so that what is measured is the platform. Both ways are taken by turns in each round, with equal
 * numbers of slots.
 *
 * <ol>
 *   <li>Jobs: submitted one by one, {@code --at-once} at a time, until all have ended; then each
 *       result is fetched.
 *   <li>A batch: a file is uploaded and a batch made of it, until it has completed; then the output
 *       file is fetched.
 * </ol>
 *
 * <p>Arguments, all optional: {@code --model models/omnimamba-emoji} (loaded, and not asked);
 * {@code --command ./omnimamba} (words with blanks between them, before {@code serve}); {@code
 * --lines 2000} of a round; {@code --rounds 5}, after one for warming up; {@code --slots 8}; {@code
 * --at-once 16}; {@code --limit 900} (seconds until the platform must be ready).
 *
 * <p>Prints one JSON object.
 */
public final class BatchLoad {
  private final BenchmarkArguments arguments;
  private final int lines;
  private final BatchLoadFigures figures;

  private BatchLoad(BenchmarkArguments arguments) {
    this.arguments = arguments;
    this.lines = arguments.number("lines", 2000);
    this.figures = new BatchLoadFigures(lines);
  }

  public static void main(String[] args) throws Exception {
    Map<String, Object> json = new BatchLoad(new BenchmarkArguments(args)).run();
    System.out.println(
        JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json));
    System.exit(0);
  }

  private Map<String, Object> run() throws Exception {
    double loadBefore = load();
    int rounds = arguments.number("rounds", 5);
    Path home = Files.createTempDirectory("batch-load-");
    try (StubInference stub = new StubInference();
        ServedPlatform platform =
            ServedPlatform.start(
                List.of(arguments.text("command", "./omnimamba").split(" +")),
                Map.of("OMNIMAMBA_HOME", home.toString()),
                Path.of(arguments.text("model", "models/omnimamba-emoji")).toAbsolutePath(),
                List.of("--device", "cpu"),
                settings(stub.url()),
                arguments.number("limit", 900))) {
      BatchClient client =
          new BatchClient(platform.address(), platform.key(), arguments.number("at-once", 16));
      for (int round = 0; round <= rounds; round++) {
        BatchLoadFigures.Round jobs = measure(platform, client.jobs(lines));
        BatchLoadFigures.Round batch = measure(platform, client.batch(lines));
        System.err.printf("round %d: jobs %s, batch %s%n", round, jobs, batch);
        // the first round is for warming up
        if (round > 0) {
          figures.add(jobs, batch);
        }
      }
    } finally {
      Directories.delete(home);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("benchmark", "batch");
    json.put("date", LocalDate.now().toString());
    json.put("processors", Runtime.getRuntime().availableProcessors());
    json.put("java", Runtime.version().toString());
    json.put("load_before", Rounding.tenths(loadBefore));
    json.put("load_after", Rounding.tenths(load()));
    json.put("slots", slots());
    json.put("at_once", arguments.number("at-once", 16));
    json.putAll(figures.json());
    return json;
  }

  private static BatchLoadFigures.Round measure(ServedPlatform platform, BatchClient.Work work)
      throws Exception {
    Duration before = platform.processorTime();
    long begin = System.nanoTime();
    work.run();
    long ended = System.nanoTime();
    work.fetch();
    long fetched = System.nanoTime();
    Duration used = platform.processorTime().minus(before);
    return new BatchLoadFigures.Round(
        (ended - begin) / 1e6, (fetched - ended) / 1e6, used.toNanos() / 1e6);
  }

  private String slots() {
    return arguments.text("slots", "8");
  }

  private Map<String, String> settings(String inference) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("omnimamba.jobs.inference-urls", inference);
    settings.put("omnimamba.jobs.worker.concurrency", slots());
    settings.put("omnimamba.jobs.batches.concurrency", slots());
    settings.put("omnimamba.jobs.queue.max-queued", "1000000");
    String limits = "omnimamba.gateway.limits.everyone.";
    settings.put(limits + "requests-per-minute", "10000000");
    settings.put(limits + "tokens-per-minute", "1000000000");
    return settings;
  }

  /** Processes that ran or waited to run in the last minute, on the average. */
  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }
}
