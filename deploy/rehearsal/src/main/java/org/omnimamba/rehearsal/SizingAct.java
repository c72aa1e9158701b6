package org.omnimamba.rehearsal;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * One of each of the chart, with its memory limits: how much memory and processor time work of
 * growing size takes. Memory is the peak since the start, so the rows grow.
 */
final class SizingAct {
  private static final String ACT = "sizing";
  private static final Duration START = Duration.ofMinutes(5);
  private static final List<String> COMPONENTS = List.of("gateway", "jobs", "inference");

  private final Report report;
  private final Cluster cluster;
  private final Api api;

  private SizingAct(Report report, Cluster cluster, Api api) {
    this.report = report;
    this.cluster = cluster;
    this.api = api;
  }

  static void run(Site site, Report report) throws IOException, InterruptedException {
    Map<String, String> values = ChartAct.values();
    values.put("tracing.endpoint", "");
    Chart chart = Chart.render(site.root(), values, site.model());
    try (Database database = site.database("postgres.data");
        Cluster cluster =
            new Cluster(
                site.network(),
                site.names(),
                site.sandbox(),
                site.images(),
                site.work().resolve("logs-sizing"),
                chart.services(),
                true)) {
      database.start();
      for (Container container : chart.containers()) {
        cluster.start(container.times(1));
      }
      for (String name : COMPONENTS) {
        cluster.awaitReady(name, START);
      }
      Api api = new Api("http://" + cluster.address(Chart.RELEASE + "-gateway"), Site.API_KEY);
      new SizingAct(report, cluster, api).play();
    }
  }

  private void play() throws IOException, InterruptedException {
    measure("the start", 0, 1, i -> null);
    measure(
        "200 chats of 16 tokens, 4 at once",
        200,
        4,
        i ->
            api.post(
                "/v1/chat/completions",
                "{\"messages\": [{\"role\": \"user\", \"content\": \"what is this?\"}],"
                    + " \"max_tokens\": 16}"));
    measure(
        "40 pictures, 4 at once",
        40,
        4,
        i ->
            api.post(
                "/v1/images/generations", "{\"prompt\": \"a red apple\", \"seed\": " + i + "}"));
    measure(
        "40 jobs with a picture each, 4 at once",
        40,
        4,
        i -> api.post("/v1/jobs", job("a red apple")).header("Prefer", "wait=60"));
    for (int megabytes : new int[] {1, 8, 31}) {
      byte[] body = padded("{\"prompt\": \"a red apple\"}", megabytes);
      measure(
          "16 requests of " + megabytes + " MB at once",
          16,
          16,
          i -> api.post("/v1/images/generations", body));
    }
    for (int megabytes : new int[] {1, 4, 15}) {
      byte[] body = padded(job("a red apple"), megabytes);
      measure("16 jobs of " + megabytes + " MB at once", 16, 16, i -> api.post("/v1/jobs", body));
    }
    String ended = String.valueOf(cluster.all().stream().mapToInt(Pod::restarts).sum());
    report.add(ACT, "processes that were ended for want of memory", ended.equals("0"), ended);
  }

  private static String job(String prompt) {
    return "{\"endpoint\": \"/v1/images/generations\", \"body\": {\"prompt\": \"" + prompt + "\"}}";
  }

  private static byte[] padded(String json, int megabytes) {
    byte[] body = new byte[megabytes << 20];
    Arrays.fill(body, (byte) ' ');
    byte[] text = json.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(text, 0, body, 0, text.length);
    return body;
  }

  private void measure(
      String what, int requests, int atOnce, IntFunction<HttpRequest.Builder> request)
      throws InterruptedException {
    Map<String, Long> before = new TreeMap<>();
    for (String component : COMPONENTS) {
      before.put(component, pod(component).process().processorMillis());
    }
    Map<Object, Integer> statuses = new TreeMap<>();
    ExecutorService clients = Executors.newFixedThreadPool(atOnce);
    long begin = System.nanoTime();
    try {
      List<Future<Integer>> answers = new ArrayList<>();
      for (int i = 0; i < requests; i++) {
        int number = i;
        answers.add(clients.submit(() -> api.send(request.apply(number)).statusCode()));
      }
      for (Future<Integer> answer : answers) {
        statuses.merge(answer.get().toString(), 1, Integer::sum);
      }
    } catch (ExecutionException e) {
      statuses.merge(String.valueOf(e.getCause()), 1, Integer::sum);
    } finally {
      clients.shutdownNow();
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    List<String> figures = new ArrayList<>();
    for (String component : COMPONENTS) {
      Pod pod = pod(component);
      long used = pod.process().processorMillis();
      figures.add(
          "%s %d of %d MiB, %.1f s"
              .formatted(
                  component,
                  pod.peakMemory() >> 20,
                  pod.container.memoryBytes() >> 20,
                  (used - (requests == 0 ? 0 : before.get(component))) / 1000.0));
    }
    boolean good =
        statuses.keySet().stream()
            .allMatch(status -> String.valueOf(status).matches("200|202|429|503"));
    report.add(
        ACT,
        what,
        good,
        String.join("; ", figures)
            + (requests == 0 ? "" : "; in %.1f s %s".formatted(seconds, statuses)));
  }

  private Pod pod(String component) {
    return cluster.pods(component).get(0);
  }
}
