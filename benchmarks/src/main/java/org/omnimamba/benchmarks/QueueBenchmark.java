package org.omnimamba.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.omnimamba.queue.testing.PostgresServer;
import org.omnimamba.queue.testing.TestDatabase;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The job queue, by itself and as job-service runs it, beside db-scheduler, on the same durable
 * PostgreSQL, in alternating rounds of the same run: no-op jobs submitted and executed in a second,
 * the time from a submission to the start of its job on an idle worker, and the time of a claim
 * while 100,000 jobs wait.
 *
 * <p>Arguments: jobs a round, rounds, and the folder for {@code queue.json}; all may be left out.
 */
public final class QueueBenchmark {
  private static final int CONNECTIONS = 16;

  /** db-scheduler runs so many jobs at once and fetches up to four times as many ahead. */
  private static final int THREADS = 16;

  /** Jobs held at once by either queue. */
  private static final int HELD = 4 * THREADS;

  /** The migrations of job-service, whose triggers record the history of jobs. */
  private static final String SERVICE_TABLES = "classpath:org/omnimamba/jobs/migration";

  private static final int BACKLOG = 100_000;
  private static final int CLAIM_BATCH = 10;

  private final int jobs;
  private final int rounds;
  private final double loadBefore = load();
  private final Map<String, QueueFigures> figures = new LinkedHashMap<>();

  private QueueBenchmark(int jobs, int rounds) {
    this.jobs = jobs;
    this.rounds = rounds;
  }

  /** Runs the benchmark and prints its figures as JSON. */
  public static void main(String[] arguments) throws Exception {
    int jobs = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5_000;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
    String json;
    try (PostgresServer server = PostgresServer.start(PostgresServer.Durability.FULL)) {
      json = new QueueBenchmark(jobs, rounds).run(server);
    }
    System.out.println(json);
    if (arguments.length > 2) {
      write(Path.of(arguments[2]), json);
    }
    System.exit(0);
  }

  private static void write(Path folder, String json) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("queue.json"), json + "\n");
  }

  private String run(PostgresServer server) throws Exception {
    String settings;
    try (TestDatabase database = TestDatabase.create(server);
        TestDatabase service = TestDatabase.create(server, SERVICE_TABLES)) {
      realClock(database);
      realClock(service);
      settings = settings(database);
      try (QueueContender ours = OmniMambaQueue.alone(database, CONNECTIONS, 1);
          QueueContender spread = OmniMambaQueue.alone(database, CONNECTIONS, 20);
          QueueContender inService = OmniMambaQueue.inService(service, CONNECTIONS);
          QueueContender peer = new DbSchedulerQueue(database, CONNECTIONS)) {
        for (int round = 0; round <= rounds; round++) {
          for (QueueContender contender : List.of(ours, spread, inService, peer)) {
            QueueFigures measured = measure(contender);
            // the first round is for warming up
            if (round > 0) {
              figures.computeIfAbsent(contender.name(), name -> new QueueFigures()).add(measured);
            }
          }
        }
      }
    }
    return report(settings);
  }

  /** As in production; tests have one that they can move. */
  private static void realClock(TestDatabase database) {
    database.execute(
        "CREATE OR REPLACE FUNCTION queue_now() RETURNS timestamptz LANGUAGE sql VOLATILE"
            + " RETURN clock_timestamp()");
  }

  private QueueFigures measure(QueueContender contender) throws Exception {
    QueueFigures round = new QueueFigures();
    contender.reset();
    long start = System.nanoTime();
    contender.fill(jobs, THREADS);
    round.submitted(jobs, System.nanoTime() - start);

    start = System.nanoTime();
    contender.work(jobs, HELD);
    round.executed(jobs, System.nanoTime() - start);

    contender.reset();
    round.starts(startLatencies(contender, 300));

    contender.reset();
    contender.fillQuickly(BACKLOG);
    long[] claims = new long[200];
    for (int i = 0; i < claims.length; i++) {
      claims[i] = contender.claim(CLAIM_BATCH);
    }
    // the first ones plan the statement on each connection
    round.claims(Arrays.copyOfRange(claims, 40, claims.length));
    return round;
  }

  private static long[] startLatencies(QueueContender contender, int count) throws Exception {
    QueueContender.Starts starts = new QueueContender.Starts();
    long[] nanos = new long[count];
    try (AutoCloseable worker = contender.waitForWork(starts)) {
      for (int i = 0; i < count; i++) {
        starts.next();
        long submitted = System.nanoTime();
        contender.submitOne();
        nanos[i] = starts.await() - submitted;
      }
    }
    return nanos;
  }

  private static String settings(TestDatabase database) {
    List<String> settings = new ArrayList<>();
    for (String name : List.of("fsync", "synchronous_commit", "full_page_writes")) {
      settings.add(name + "=" + database.text("SHOW " + name));
    }
    settings.add("server " + database.text("SHOW server_version"));
    return String.join(", ", settings);
  }

  /** Processes that ran or waited to run in the last minute, on the average. */
  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private String report(String settings) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("benchmark", "queue");
    json.put("date", LocalDate.now().toString());
    json.put("load_before", loadBefore);
    json.put("load_after", load());
    json.put("processors", Runtime.getRuntime().availableProcessors());
    json.put("java", Runtime.version().toString());
    json.put("postgresql", settings);
    json.put("jobs_a_round", jobs);
    json.put("rounds", rounds);
    json.put("jobs_held_at_once", HELD);
    json.put("connections", CONNECTIONS);
    json.put("backlog_of_claims", BACKLOG);
    json.put("claim_batch", CLAIM_BATCH);
    figures.forEach((name, figure) -> json.put(name, figure.json()));
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValueAsString(json);
  }
}
