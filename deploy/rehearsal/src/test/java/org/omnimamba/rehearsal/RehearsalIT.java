package org.omnimamba.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The core of {@code deploy/rehearse.sh}: compose, then the chart with two of each under load while
 * each is killed, the database restarts and everything is replaced.
 *
 * <p>It runs the packaged services, so it comes with {@code ./mvnw verify}, after all other
 * modules. The machine needs network namespaces, iptables and bubblewrap, which {@code .ci/run}
 * installs; where the kernel refuses namespaces, the test is skipped and says why.
 */
class RehearsalIT {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

  @Test
  void thePlatformRunsAsItIsDeployed() throws Exception {
    String refusal = whatTheMachineRefuses();
    assumeTrue(refusal.isEmpty(), "this machine cannot rehearse: " + refusal);
    Path work = ROOT.resolve("deploy/rehearsal/target/core");
    empty(work);
    ProcessBuilder script =
        new ProcessBuilder(
                ROOT.resolve("deploy/rehearse.sh").toString(), "--core", "--work", work.toString())
            .inheritIO();
    script.environment().put("REHEARSAL_BUILT", "1");
    int status = script.start().waitFor();

    List<String> what = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    for (JsonNode row :
        new ObjectMapper().readTree(work.resolve("report.json").toFile()).path("rows")) {
      what.add(row.path("act").asText() + ": " + row.path("what").asText());
      if (!row.path("passed").asBoolean()) {
        failed.add(row.toString());
      }
    }
    assertThat(failed).isEmpty();
    assertThat(status).isZero();
    assertThat(what)
        .contains(
            "compose: gateway is ready, started before the database",
            "compose: job: Prefer wait=N answers with the result",
            "compose: omni-jobs-0 /actuator/health/readiness",
            "compose: logs: JSON, with the request's id at each service it passed",
            "compose: traceparent: one trace spans gateway, jobs and inference, and reaches the collector",
            "chart: one of inference is killed",
            "chart: rolling restart of gateway",
            "chart: a replica that is taken away ends its drawings",
            "chart: accepted jobs are completed",
            "chart: no request made two jobs",
            "chart: each job's end was told, with one message");
    empty(work);
  }

  /** What keeps the script from making hosts and sandboxes here; empty for nothing. */
  private static String whatTheMachineRefuses() throws Exception {
    String tried =
        "PATH=$PATH:/usr/sbin; set -e;"
            + " as_root=--user; [ $(id -u) -ne 0 ] || as_root=;"
            + " unshare $as_root ${as_root:+--map-root-user} --net --mount --pid --fork"
            + " --kill-child --mount-proc sh -ec '"
            + "ip link add probe0 type veth peer name probe1;"
            + " iptables -t nat -L -n >/dev/null;"
            + " bwrap --unshare-user --unshare-pid --ro-bind / / --proc /proc --dev /dev true'";
    Process process = new ProcessBuilder("bash", "-c", tried).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? "" : output.isBlank() ? "namespaces" : output.strip();
  }

  private static void empty(Path folder) throws Exception {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
