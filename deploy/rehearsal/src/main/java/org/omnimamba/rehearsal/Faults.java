package org.omnimamba.rehearsal;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Breaks things under load and reports what its clients noticed. */
final class Faults {
  private static final int DRAWINGS = 3;
  private static final Duration RECOVERY = Duration.ofMinutes(4);

  private final Report report;
  private final String act;
  private final Cluster cluster;
  private final Load load;
  private final Network network;

  Faults(Report report, String act, Cluster cluster, Load load, Network network) {
    this.report = report;
    this.act = act;
    this.cluster = cluster;
    this.load = load;
    this.network = network;
  }

  /** What is done to the platform. */
  private interface Fault {
    void inject() throws IOException, InterruptedException;
  }

  /** No fault at all, for comparison. */
  void quiet(Duration time) throws IOException, InterruptedException {
    during("nothing is broken", () -> Thread.sleep(time.toMillis()));
  }

  /** SIGKILL of one replica; it is started again. */
  void kill(String component) throws IOException, InterruptedException {
    during(
        "one of " + component + " is killed",
        () -> {
          Pod pod = cluster.pods(component).get(0);
          int before = pod.restarts();
          pod.process().signal("KILL");
          Wait.until("it is started again", RECOVERY, () -> pod.restarts() > before);
          cluster.awaitReady(component, RECOVERY);
        });
  }

  /** SIGSTOP of one replica for a time: it holds its connections and answers nothing. */
  void freeze(String component, Duration time) throws IOException, InterruptedException {
    during(
        "one of " + component + " is stopped for " + time.toSeconds() + " s",
        () -> {
          Pod pod = cluster.pods(component).get(0);
          pod.process().signal("STOP");
          Thread.sleep(time.toMillis());
          pod.process().signal("CONT");
          cluster.awaitReady(component, RECOVERY);
        });
  }

  /** One replica's packets are dropped for a time. */
  void cutOff(String component, Duration time) throws IOException, InterruptedException {
    during(
        "one of " + component + " is cut off for " + time.toSeconds() + " s",
        () -> {
          Pod pod = cluster.pods(component).get(0);
          network.cut(pod.host);
          Thread.sleep(time.toMillis());
          network.mend(pod.host);
          cluster.awaitReady(component, RECOVERY);
        });
  }

  /** The database's packets are dropped for a time. */
  void cutOff(Database database, Duration time) throws IOException, InterruptedException {
    outage(
        "PostgreSQL is cut off for " + time.toSeconds() + " s",
        () -> {
          network.cut(database.host());
          Thread.sleep(time.toMillis());
          network.mend(database.host());
          cluster.awaitReady("jobs", RECOVERY);
        });
  }

  /** The database is stopped and started after a pause. */
  void restart(Database database, Duration pause) throws IOException, InterruptedException {
    outage(
        "PostgreSQL is down for " + pause.toSeconds() + " s",
        () -> {
          database.stop();
          Thread.sleep(pause.toMillis());
          database.start();
          cluster.awaitReady("jobs", RECOVERY);
        });
  }

  /** A replica of inference is taken away while it draws; it ends what it began. */
  void drain(Api api) throws IOException, InterruptedException {
    during(
        "one of inference is taken away while it draws",
        () -> {
          Pod pod = cluster.pods("inference").get(1);
          ExecutorService clients = Executors.newFixedThreadPool(DRAWINGS);
          try {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < DRAWINGS; i++) {
              String body = "{\"prompt\": \"a red apple\", \"n\": 8, \"seed\": " + i + "}";
              answers.add(
                  clients.submit(() -> status(api.send(api.post("/v1/images/generations", body)))));
            }
            Thread.sleep(500);
            boolean ended = cluster.remove(pod);
            List<String> statuses = new ArrayList<>();
            for (Future<String> answer : answers) {
              statuses.add(answer.get());
            }
            report.add(
                act,
                "a replica that is taken away ends its drawings",
                ended && statuses.stream().allMatch("200"::equals),
                "statuses " + statuses + (ended ? "" : ", it was killed"));
          } catch (ExecutionException e) {
            report.add(act, "a replica that is taken away ends its drawings", false, e.toString());
          } finally {
            clients.shutdown();
          }
          cluster.add(pod.container, 1);
          cluster.awaitReady("inference", RECOVERY);
        });
  }

  /** The status, and what a refusal says. */
  private static String status(HttpResponse<String> response) {
    return response.statusCode() == 200 ? "200" : response.statusCode() + " " + response.body();
  }

  /** Replaces every replica of everything. */
  void rollAll() throws IOException, InterruptedException {
    for (String component : List.of("inference", "jobs", "gateway")) {
      during("rolling restart of " + component, () -> cluster.roll(component, RECOVERY));
    }
  }

  /** A fault that no client may notice after its own repetitions. */
  private void during(String what, Fault fault) throws IOException, InterruptedException {
    Load.Counts counts = counted(fault);
    report.add(act, what, counts.failures() == 0, counts.toString());
  }

  /** A fault during which some requests cannot be served. */
  private void outage(String what, Fault fault) throws IOException, InterruptedException {
    report.add(act, what, true, counted(fault).toString());
  }

  private Load.Counts counted(Fault fault) throws IOException, InterruptedException {
    load.takeCounts();
    long begin = System.nanoTime();
    fault.inject();
    Thread.sleep(2000);
    Load.Counts counts = load.takeCounts();
    System.out.println("     " + (System.nanoTime() - begin) / 1_000_000_000 + " s");
    return counts;
  }
}
