package org.omnimamba.rehearsal;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The chart with two of each under load: faults, and a rolling restart of everything. */
final class ChartAct {
  private static final String ACT = "chart";
  private static final Duration START = Duration.ofMinutes(5);

  private final Site site;
  private final Report report;
  private final boolean full;

  private ChartAct(Site site, Report report, boolean full) {
    this.site = site;
    this.report = report;
    this.full = full;
  }

  static void run(Site site, Report report, boolean full) throws IOException, InterruptedException {
    new ChartAct(site, report, full).play();
  }

  /** What the rehearsal's operator sets. */
  static Map<String, String> values() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("database.host", "postgres.data");
    values.put("model.existingClaim", "models");
    values.put("publicUrl", "http://omni-gateway");
    values.put("secrets.internalToken", Site.INTERNAL_TOKEN);
    values.put("secrets.apiKey", Site.API_KEY);
    values.put("secrets.databasePassword", Site.DATABASE_PASSWORD);
    values.put("secrets.webhookKey", Site.WEBHOOK_KEY);
    values.put("inference.replicas", "2");
    values.put("jobs.env.OMNIMAMBA_JOBS_WEBHOOKS_DEVELOPMENTHOSTS", Site.RECEIVER + ":9000");
    values.put("tracing.endpoint", Site.TRACES);
    values.put("tracing.samplingProbability", "1");
    return values;
  }

  private void play() throws IOException, InterruptedException {
    Chart chart = Chart.render(site.root(), values(), site.model());
    try (Database database = site.database("postgres.data");
        Cluster cluster =
            new Cluster(
                site.network(),
                site.names(),
                site.sandbox(),
                site.images(),
                site.work().resolve("logs-chart"),
                chart.services(),
                true)) {
      database.start();
      long begin = System.nanoTime();
      for (Container container : chart.containers()) {
        cluster.start(container);
      }
      for (String name : List.of("gateway", "jobs", "inference")) {
        cluster.awaitReady(name, START);
        report.add(
            ACT,
            "both of " + name + " are ready",
            true,
            (System.nanoTime() - begin) / 1_000_000_000 + " s after the start of all six");
      }
      String url = "http://" + cluster.address(Chart.RELEASE + "-gateway");
      Api api = new Api(url, Site.API_KEY);
      if (full) {
        Walk.run(ACT, report, url, site, cluster.all());
      } else {
        api.send(api.post("/v1/webhook-endpoints/default-secret", ""));
      }
      long before = jobsWithKey(database);
      try (Load load = new Load(api, Site.HOOK)) {
        faults(cluster, database, api, load);
        load.stop();
        account(load, database, before);
      }
      restarts(cluster);
      Memory.report(ACT, report, cluster.all());
      Stops.report(ACT, report, cluster);
    }
  }

  private void faults(Cluster cluster, Database database, Api api, Load load)
      throws IOException, InterruptedException {
    Faults faults = new Faults(report, ACT, cluster, load, site.network());
    faults.quiet(Duration.ofSeconds(10));
    for (String name : List.of("gateway", "jobs", "inference")) {
      faults.kill(name);
      if (full) {
        faults.freeze(name, Duration.ofSeconds(20));
        faults.cutOff(name, Duration.ofSeconds(30));
      }
    }
    faults.restart(database, Duration.ofSeconds(5));
    if (full) {
      faults.cutOff(database, Duration.ofSeconds(30));
    }
    faults.drain(api);
    faults.rollAll();
    faults.quiet(Duration.ofSeconds(5));
  }

  /** None lost, none doubled, each told once. */
  private void account(Load load, Database database, long before) throws InterruptedException {
    List<String> bad = load.unfinished(Duration.ofMinutes(8));
    report.add(
        ACT,
        "accepted jobs are completed",
        bad.isEmpty(),
        load.jobs().size() + " accepted, " + bad.size() + " lost " + bad);
    long rows = jobsWithKey(database) - before;
    report.add(
        ACT,
        "no request made two jobs",
        load.jobs().size() <= rows && rows <= load.submissions(),
        load.submissions() + " submitted, " + load.jobs().size() + " accepted, " + rows + " rows");
    try {
      Wait.until(
          "each job was told",
          Duration.ofSeconds(90),
          () -> load.jobs().stream().noneMatch(job -> site.receiver().messages(job).isEmpty()));
    } catch (IllegalStateException e) {
      // counted below
    }
    long untold =
        load.jobs().stream().filter(job -> site.receiver().messages(job).isEmpty()).count();
    long twice =
        load.jobs().stream().filter(job -> site.receiver().messages(job).size() > 1).count();
    report.add(
        ACT,
        "each job's end was told, with one message",
        untold == 0 && twice == 0,
        untold + " untold, " + twice + " with more than one");
  }

  private static long jobsWithKey(Database database) {
    return database.number("SELECT count(*) FROM queue_job WHERE idempotency_key IS NOT NULL");
  }

  /** Replicas that were not meant to end have not. */
  private void restarts(Cluster cluster) {
    String restarts =
        cluster.all().stream()
            .filter(pod -> pod.restarts() > 0)
            .map(pod -> pod.name + " " + pod.restarts())
            .collect(Collectors.joining(", "));
    report.add(ACT, "restarts after the last rolling restart", restarts.isEmpty(), restarts);
  }
}
