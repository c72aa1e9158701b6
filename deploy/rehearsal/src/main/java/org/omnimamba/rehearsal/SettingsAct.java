package org.omnimamba.rehearsal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Each service started without any setting, and with wrong secrets: what does its operator read?
 */
final class SettingsAct {
  private static final String ACT = "settings";

  /** What each service cannot do without. */
  private static final Map<String, List<String>> NEEDED =
      Map.of(
          "gateway",
          List.of(
              "omnimamba.internal-token",
              "omnimamba.gateway.inference-urls",
              "omnimamba.gateway.jobs-url"),
          "jobs",
          List.of("omnimamba.internal-token", "omnimamba.jobs."),
          "inference",
          List.of("omnimamba.internal-token", "omnimamba.inference.model"));

  private SettingsAct() {}

  static void run(Site site, Report report) throws IOException, InterruptedException {
    List<Container> containers =
        Chart.render(site.root(), ChartAct.values(), site.model()).containers();
    for (Container container : containers) {
      refuses(site, report, container, Map.of(), NEEDED.getOrDefault(container.name(), List.of()));
      refuses(
          site,
          report,
          container,
          Map.of("OMNIMAMBA_INTERNALTOKEN", "hush-hush", "OMNIMAMBA_GATEWAY_APIKEY", "hush-hush"),
          NEEDED.getOrDefault(container.name(), List.of()));
    }
  }

  private static void refuses(
      Site site,
      Report report,
      Container container,
      Map<String, String> settings,
      List<String> named)
      throws IOException, InterruptedException {
    Host host = site.network().addHost("settings");
    Path log = site.work().resolve(host.name() + ".log");
    Image image = java.util.Objects.requireNonNull(site.images().get(container.service()));
    RunningContainer process =
        site.sandbox().start(host, container.name(), container.only(settings), image, log);
    Optional<Integer> status = process.await(120);
    if (status.isEmpty()) {
      process.signal("KILL");
    }
    String output = Files.readString(log);
    List<String> missing = named.stream().filter(name -> !output.contains(name)).toList();
    boolean trace = output.contains("\tat org.") || output.contains("\\tat org.");
    boolean told = output.contains("hush-hush");
    report.add(
        ACT,
        container.name() + " with " + (settings.isEmpty() ? "no setting" : "secrets too short"),
        status.isPresent() && status.get() != 0 && missing.isEmpty() && !trace && !told,
        (status.isEmpty() ? "does not end" : "ends with " + status.get())
            + (missing.isEmpty() ? ", names all" : ", does not name " + missing)
            + (trace ? ", prints a stack trace" : "")
            + (told ? ", prints a secret" : ""));
  }
}
