package org.omnimamba.rehearsal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Plays the acts and prints the table: {@code [--core] [--act NAME] --root DIR --work DIR}. */
public final class Rehearsal {
  private Rehearsal() {}

  public static void main(String[] arguments) throws Exception {
    Path root = Path.of("").toAbsolutePath();
    Path work = root.resolve("target/rehearsal");
    @Nullable Path previous = null;
    boolean core = false;
    List<String> acts = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--core" -> core = true;
        case "--root" -> root = Path.of(arguments[++i]).toAbsolutePath();
        case "--work" -> work = Path.of(arguments[++i]).toAbsolutePath();
        case "--previous" -> previous = Path.of(arguments[++i]).toAbsolutePath();
        case "--act" -> acts.add(arguments[++i]);
        default -> {
          System.err.println(
              "usage: rehearse.sh [--core] [--act settings|compose|chart|sizing|upgrade]... [--previous CHECKOUT]"
                  + " [--work DIR]");
          System.exit(2);
        }
      }
    }
    Report report = new Report();
    try (Site site = Site.open(root, work)) {
      if (acts.contains("settings") || (acts.isEmpty() && !core)) {
        SettingsAct.run(site, report);
      }
      if (acts.isEmpty() || acts.contains("compose")) {
        ComposeAct.run(site, report);
      }
      if (acts.isEmpty() || acts.contains("chart")) {
        ChartAct.run(site, report, !core);
      }
      if ((acts.isEmpty() && !core) || acts.contains("sizing")) {
        SizingAct.run(site, report);
      }
      if (previous != null && (acts.isEmpty() || acts.contains("upgrade"))) {
        UpgradeAct.run(site, report, previous);
      }
    } catch (IllegalStateException e) {
      report.add("all", "the rehearsal itself", false, String.valueOf(e.getMessage()));
      e.printStackTrace();
    }
    report.write(work.resolve("report.json"));
    System.out.println(report.table());
    System.exit(report.failed() ? 1 : 0);
  }
}
