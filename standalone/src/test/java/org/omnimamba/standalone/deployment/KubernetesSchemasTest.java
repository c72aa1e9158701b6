package org.omnimamba.standalone.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Every object of the chart passes the schemas of its kind; {@code validate.mjs} says how. */
class KubernetesSchemasTest {
  private static final Path PROGRAM = Path.of("src", "test", "js", "kubernetes");
  private static final int PATIENCE_MINUTES = 5;

  @TempDir static Path folder;

  @BeforeAll
  static void install() throws Exception {
    for (String file : List.of("package.json", "package-lock.json", "validate.mjs")) {
      Files.copy(PROGRAM.resolve(file), folder.resolve(file));
    }
    Run install = run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
    assertThat(install.status()).as(install.output()).isZero();
  }

  @Test
  void allObjectsOfAllVariantsAreValid() throws Exception {
    List<Map<String, Object>> objects = new ArrayList<>();
    for (String values : Chart.VARIANTS.values()) {
      objects.addAll(Chart.render(values).values());
      // without the sleep of newer versions
      objects.addAll(Chart.render("1.27.0", Chart.LEAST, values).values());
    }
    assertThat(objects)
        .extracting(object -> object.get("kind"))
        .contains(
            "HTTPRoute", "ScaledObject", "PrometheusRule", "PodMonitor", "HorizontalPodAutoscaler");
    Run run = validate(objects);
    assertThat(run.output()).isEmpty();
    assertThat(run.status()).isZero();
  }

  @Test
  void whatIsWrongMissingOrUnknownIsFound() throws Exception {
    Map<String, Object> port = Map.of("port", 80, "targePort", "http");
    Map<String, Object> service = object("v1", "Service", Map.of("ports", List.of(port)));
    Map<String, Object> scaled = object("keda.sh/v1alpha1", "ScaledObject", Map.of());
    Map<String, Object> policy =
        object("policy/v1", "PodDisruptionBudget", Map.of("minAvailable", List.of()));
    assertThat(validate(List.of(service, scaled, policy)).output())
        .contains("Service/some: /spec/ports/0/targePort is unknown")
        .contains("ScaledObject/some:")
        .contains("PodDisruptionBudget/some:");
  }

  private static Map<String, Object> object(String version, String kind, Object spec) {
    return Map.of(
        "apiVersion", version, "kind", kind, "metadata", Map.of("name", "some"), "spec", spec);
  }

  private static Run validate(List<Map<String, Object>> objects) throws Exception {
    Path file = Files.createTempFile(folder, "objects", ".json");
    new JsonMapper().writeValue(file.toFile(), objects);
    return run("node", "validate.mjs", file.toString());
  }

  private static Run run(String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, command[0], ".log");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException(String.join(" ", command) + " does not end");
    }
    return new Run(process.exitValue(), Files.readString(output).strip());
  }

  private record Run(int status, String output) {}
}
