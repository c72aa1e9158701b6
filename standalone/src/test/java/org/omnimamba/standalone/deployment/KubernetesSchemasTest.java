package org.omnimamba.standalone.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.standalone.Command;
import tools.jackson.databind.json.JsonMapper;

/** Every object of the chart passes the schemas of its kind; {@code validate.mjs} says how. */
class KubernetesSchemasTest {
  private static final Path PROGRAM = Path.of("src", "test", "js", "kubernetes");

  @TempDir static Path folder;

  @BeforeAll
  static void install() throws Exception {
    for (String file : List.of("package.json", "package-lock.json", "validate.mjs")) {
      Files.copy(PROGRAM.resolve(file), folder.resolve(file));
    }
    Command.run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund").assertSuccess();
  }

  @Test
  void allObjectsOfAllVariantsAreValid() throws Exception {
    List<Map<String, Object>> objects = new ArrayList<>();
    for (String values : Chart.VARIANTS.values()) {
      objects.addAll(Chart.render(values).values());
      // without the sleep of newer versions
      objects.addAll(Chart.renderFor("1.27.0", Chart.LEAST, values).values());
    }
    assertThat(objects)
        .extracting(object -> object.get("kind"))
        .contains(
            "HTTPRoute", "ScaledObject", "PrometheusRule", "PodMonitor", "HorizontalPodAutoscaler");
    Command.Result run = validate(objects);
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

  private static Command.Result validate(List<Map<String, Object>> objects) throws Exception {
    Path file = Files.createTempFile(folder, "objects", ".json");
    new JsonMapper().writeValue(file.toFile(), objects);
    return Command.run(folder, "node", "validate.mjs", file.toString());
  }
}
