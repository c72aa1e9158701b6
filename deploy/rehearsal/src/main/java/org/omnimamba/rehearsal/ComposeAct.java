package org.omnimamba.rehearsal;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code docker-compose.yml}: one of each; all start at once, the database last. */
final class ComposeAct {
  private static final String ACT = "compose";

  private ComposeAct() {}

  static void run(Site site, Report report) throws IOException, InterruptedException {
    List<Container> containers = new ArrayList<>();
    for (Container container :
        Compose.read(
            site.root(),
            Map.of(
                "POSTGRES_PASSWORD", Site.DATABASE_PASSWORD,
                "OMNIMAMBA_INTERNAL_TOKEN", Site.INTERNAL_TOKEN,
                "OMNIMAMBA_WEBHOOK_KEY", Site.WEBHOOK_KEY,
                "OMNIMAMBA_API_KEY", Site.API_KEY))) {
      containers.add(observed(container));
    }
    List<Chart.Service> services =
        containers.stream()
            .map(
                container ->
                    new Chart.Service(container.name(), container.name(), true, true, Map.of()))
            .toList();
    try (Database database = site.database("postgres.default.svc.cluster.local");
        Cluster cluster =
            new Cluster(
                site.network(),
                site.names(),
                site.sandbox(),
                site.images(),
                site.work().resolve("logs-compose"),
                services,
                true)) {
      long begin = System.nanoTime();
      for (Container container : containers) {
        cluster.start(container);
      }
      database.start();
      for (String name : List.of("gateway", "jobs", "inference")) {
        cluster.awaitReady(name, Duration.ofMinutes(4));
        report.add(
            ACT,
            name + " is ready, started before the database",
            true,
            (System.nanoTime() - begin) / 1_000_000_000 + " s after the start of all");
      }
      Pod gateway = cluster.pods("gateway").get(0);
      String url = "http://" + gateway.address("http");
      Walk.run(ACT, report, url, site, cluster.all());
      String restarts =
          cluster.all().stream()
              .filter(pod -> pod.restarts() > 0)
              .map(pod -> pod.container.name() + " " + pod.restarts())
              .collect(Collectors.joining(", "));
      report.add(ACT, "restarts", restarts.isEmpty(), restarts.isEmpty() ? "none" : restarts);
      Memory.report(ACT, report, cluster.all());
      Stops.report(ACT, report, cluster);
    }
  }

  /** The receiver may be told, and traces leave: what an operator would set for both. */
  private static Container observed(Container container) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("MANAGEMENT_OPENTELEMETRY_TRACING_EXPORT_OTLP_ENDPOINT", Site.TRACES);
    settings.put("MANAGEMENT_TRACING_SAMPLING_PROBABILITY", "1.0");
    if (container.name().equals("jobs")) {
      settings.put("OMNIMAMBA_JOBS_WEBHOOKS_DEVELOPMENTHOSTS", Site.RECEIVER + ":9000");
    }
    return container.with(settings);
  }
}
