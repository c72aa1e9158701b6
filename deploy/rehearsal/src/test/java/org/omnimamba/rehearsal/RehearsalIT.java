package org.omnimamba.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
 * <p>It needs the packaged services and is not yet part of the build's tests: {@code ./mvnw package
 * -DskipTests && ./mvnw -pl deploy/rehearsal test -Dtest=RehearsalIT}.
 */
class RehearsalIT {
  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

  @Test
  void thePlatformRunsAsItIsDeployed() throws Exception {
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
            "compose: jobs /actuator/health/readiness",
            "compose: JSON logs",
            "chart: one of inference is killed",
            "chart: rolling restart of gateway",
            "chart: a replica that is taken away ends its drawings",
            "chart: accepted jobs are completed",
            "chart: no request made two jobs",
            "chart: each job's end was told, with one message");
    empty(work);
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
