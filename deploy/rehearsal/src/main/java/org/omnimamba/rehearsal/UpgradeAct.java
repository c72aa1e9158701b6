package org.omnimamba.rehearsal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The services of a commit before and those of this one side by side on one database, while it is
 * migrated by two new replicas at once.
 */
final class UpgradeAct {
  private static final String ACT = "upgrade";
  private static final Duration START = Duration.ofMinutes(5);
  private static final String JOB =
      "{\"endpoint\": \"/v1/images/generations\", \"body\": {\"prompt\": \"a red apple\"}}";

  private UpgradeAct() {}

  /**
   * @param previous a checkout of the commit before, with its service jars built
   */
  static void run(Site site, Report report, Path previous)
      throws IOException, InterruptedException {
    Map<String, Image> old = Site.images(previous, site.work().resolve("images-previous"));
    // by its own chart; its probes may be at fault, so only the end of a process starts it again
    List<Container> before =
        Chart.render(previous, required(), site.model()).containers().stream()
            .map(container -> container.times(1).with(named("old")).withoutLiveness())
            .toList();
    Chart now = Chart.render(site.root(), ChartAct.values(), site.model());
    try (Database database = site.database("postgres.data");
        Cluster oldCluster = cluster(site, old, services("old-"), "logs-old");
        Cluster newCluster = cluster(site, site.images(), now.services(), "logs-new")) {
      database.start();
      for (Container container : before) {
        oldCluster.start(container);
      }
      answers(oldCluster, "gateway", "/livez");
      answers(oldCluster, "inference", "/livez");
      Api oldApi =
          new Api("http://" + oldCluster.pods("gateway").get(0).address("http"), Site.API_KEY);
      List<String> jobs = new ArrayList<>();
      Wait.until("the old services take a job", START, () -> submit(oldApi, jobs));

      long begin = System.nanoTime();
      for (Container container : now.containers()) {
        newCluster.start(container);
      }
      while (newCluster.pods("jobs").stream().noneMatch(Pod::isReady)) {
        submit(oldApi, jobs);
        Thread.sleep(500);
      }
      for (String name : List.of("jobs", "inference", "gateway")) {
        newCluster.awaitReady(name, START);
      }
      report.add(
          ACT,
          "two new replicas of each start beside the old ones and migrate",
          true,
          (System.nanoTime() - begin) / 1_000_000_000 + " s");
      int after = jobs.size();
      boolean accepted = submit(oldApi, jobs);
      report.add(
          ACT,
          "the old services take a job after the migration",
          accepted,
          jobs.size() - after + " of 1");
      Pod oldJobs = oldCluster.pods("jobs").get(0);
      oldJobs.process().signal("KILL");
      int restarts = oldJobs.restarts();
      Wait.until(
          "the old job-service is started again", START, () -> oldJobs.restarts() > restarts);
      try {
        long millis =
            Wait.until("it takes a job", Duration.ofMinutes(2), () -> submit(oldApi, jobs));
        report.add(ACT, "an old replica restarts on the new schema", true, millis + " ms");
      } catch (IllegalStateException e) {
        report.add(ACT, "an old replica restarts on the new schema", false, "" + e.getMessage());
      }
      Api api = new Api("http://" + newCluster.address(Chart.RELEASE + "-gateway"), Site.API_KEY);
      submit(api, jobs);
      List<String> open = new ArrayList<>(jobs);
      try {
        Wait.until(
            "all jobs are completed",
            Duration.ofMinutes(3),
            () -> {
              open.removeIf(id -> completed(api, id));
              return open.isEmpty();
            });
      } catch (IllegalStateException e) {
        // counted below
      }
      report.add(
          ACT,
          "jobs of before, during and after are completed",
          open.isEmpty(),
          jobs.size() + " accepted, " + open.size() + " not completed");
    }
  }

  /** What every version of the chart requires. */
  private static Map<String, String> required() {
    Map<String, String> values = new TreeMap<>(ChartAct.values());
    values.keySet().removeIf(name -> name.startsWith("tracing."));
    return values;
  }

  private static Cluster cluster(
      Site site, Map<String, Image> images, List<Chart.Service> services, String logs)
      throws IOException {
    return new Cluster(
        site.network(),
        site.names(),
        site.sandbox(),
        images,
        site.work().resolve(logs),
        services,
        true);
  }

  /** Names of the old services, which differ from the new ones'. */
  private static List<Chart.Service> services(String prefix) {
    List<Chart.Service> services = new ArrayList<>();
    for (String component : List.of("gateway", "jobs", "inference")) {
      services.add(new Chart.Service(prefix + component, component, true, true, Map.of()));
    }
    return services;
  }

  private static Map<String, String> named(String prefix) {
    return Map.of(
        "OMNIMAMBA_GATEWAY_INFERENCEURLS", "http://" + prefix + "-inference:8081",
        "OMNIMAMBA_GATEWAY_JOBSURL", "http://" + prefix + "-jobs:8082",
        "OMNIMAMBA_JOBS_INFERENCEURL", "http://" + prefix + "-inference:8081");
  }

  private static void answers(Cluster cluster, String component, String path)
      throws InterruptedException {
    Api plain = new Api("http://" + cluster.pods(component).get(0).address("http"), "none");
    Wait.until(
        "the old " + component + " answers",
        START,
        () -> plain.send(plain.request(path).GET()).statusCode() == 200);
  }

  private static boolean submit(Api api, List<String> jobs) throws InterruptedException {
    try {
      var response = api.send(api.post("/v1/jobs", JOB));
      if (response.statusCode() != 202) {
        return false;
      }
      jobs.add(Api.json(response.body()).path("id").asText());
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean completed(Api api, String id) {
    try {
      String job = api.send(api.request("/v1/jobs/" + id).GET()).body();
      return Api.json(job).path("status").asText().equals("completed");
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
