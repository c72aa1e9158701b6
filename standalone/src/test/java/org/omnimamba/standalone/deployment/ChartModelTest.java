package org.omnimamba.standalone.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.omnimamba.standalone.deployment.Yamls.at;
import static org.omnimamba.standalone.deployment.Yamls.map;
import static org.omnimamba.standalone.deployment.Yamls.maps;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.hub.cli.FetchCommand;
import org.omnimamba.hub.cli.FetchMain;
import org.omnimamba.hub.models.Location;
import picocli.CommandLine;

/** Where the chart's inference has its model from. */
class ChartModelTest {
  private final Workload workload = Workload.of(Chart.render(Chart.MODEL_SOURCE), "inference");
  private final Map<String, Object> fetch = map(at(workload.pod(), "initContainers", 0));

  @Test
  @SuppressWarnings("unchecked")
  void aSourceIsFetchedBeforeInferenceStarts() {
    List<String> arguments = (List<String>) fetch.get("args");
    assertThat(arguments.get(0)).isEqualTo("fetch");
    CommandLine.ParseResult parsed =
        new CommandLine(new FetchCommand())
            .setCaseInsensitiveEnumValuesAllowed(true)
            .parseArgs(arguments.subList(1, arguments.size()).toArray(String[]::new));
    String source = parsed.matchedPositionalValue(0, "");
    assertThat(Location.namesModel(source)).isTrue();
    assertThat(source).startsWith("hf:hustvl/OmniMamba@");
    assertThat(parsed.matchedOptionValue("--vq", "")).isEqualTo("hf:some/tokenizer:vq.pt");
    assertThat((Object) parsed.matchedOptionValue("--dtype", null)).hasToString("BF16");
    String link = parsed.matchedOptionValue("--link", Path.of("")).toString();
    assertThat(workload.environment()).containsEntry("OMNIMAMBA_INFERENCE_MODEL", link);
    assertThat(link).startsWith("/model/");
    assertThat(parsed.matchedOptionValue("--cache", Path.of(""))).hasToString("/model/cache");
    assertThat(fetch.get("image")).isEqualTo(workload.container().get("image"));
    assertThat(fetch.get("securityContext")).isEqualTo(workload.container().get("securityContext"));
  }

  @Test
  void onlyTheFetchMayWriteAndKnowsTheToken() {
    assertThat(maps(fetch.get("volumeMounts")))
        .contains(Map.of("name", "model", "mountPath", "/model"))
        .anyMatch(mount -> mount.get("mountPath").equals("/tmp"));
    assertThat(workload.writableFolders()).containsExactly("/tmp");
    assertThat(maps(fetch.get("env")))
        .contains(
            Map.of("name", "HTTPS_PROXY", "value", "http://proxy.example:3128"),
            Map.of(
                "name",
                "HF_TOKEN",
                "valueFrom",
                Map.of("secretKeyRef", Map.of("name", "hub", "key", "token"))))
        .anyMatch(v -> v.get("value") instanceof String s && s.contains("/etc/omnimamba/trust/"));
    assertThat(workload.environment()).doesNotContainKey("HF_TOKEN");
    assertThat(maps(workload.pod().get("volumes")))
        .contains(Map.of("name", "model", "emptyDir", Map.of("sizeLimit", "24Gi")));
    assertThat(at(workload.pod(), "securityContext", "fsGroup")).isEqualTo(10001);
  }

  @Test
  void aClaimKeepsWhatWasFetched() {
    Workload kept =
        Workload.of(
            Chart.render(Chart.MODEL_SOURCE, "model: {existingClaim: models, subPath: omni}"),
            "inference");
    assertThat(maps(kept.pod().get("volumes")))
        .contains(
            Map.of(
                "name",
                "model",
                "persistentVolumeClaim",
                Map.of("claimName", "models", "readOnly", false)));
    assertThat(maps(at(kept.pod(), "initContainers", 0, "volumeMounts")))
        .contains(Map.of("name", "model", "mountPath", "/model", "subPath", "omni"));
    assertThat(kept.writableFolders()).containsExactly("/tmp");
    Workload plain = Workload.of(Chart.render(""), "inference");
    assertThat(plain.pod()).doesNotContainKey("initContainers");
    assertThat(plain.environment()).containsEntry("OMNIMAMBA_INFERENCE_MODEL", "/model");
  }

  @Test
  void anotherWayOfFetchingHasAnotherFolder() {
    String first = folder("");
    assertThat(folder("model: {fetch: {dtype: f32}}")).isNotEqualTo(first);
    assertThat(folder("model: {source: \"hf:some/other\"}")).isNotEqualTo(first);
    assertThat(folder("model: {source: \"hf:some/other@v1:a/b.safetensors\"}")).isNotEqualTo(first);
    assertThat(folder("model: {source: \"https://example.com/a.PTH?x=1\"}")).isNotEqualTo(first);
    assertThat(folder("inference: {replicas: 3}")).isEqualTo(first);
  }

  private static String folder(String more) {
    return Workload.of(Chart.render(Chart.MODEL_SOURCE, more), "inference")
        .environment()
        .get("OMNIMAMBA_INFERENCE_MODEL");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model: {source: OmniMamba}",
        "model: {source: \"hf:OmniMamba\"}",
        "model: {source: \"http://example.com/a.pth\"}",
        "model: {source: \"https://example.com/a.txt\"}",
        "model: {source: \"https://example.com/get?file=a.pth\"}",
        "model: {source: \"hf:some/model:tokenizer.json\"}",
        "model: {fetch: {dtype: f16}}",
        "model: {fetch: {token: hf_x}}",
        "networkPolicy: {egress: {model: {ports: [443]}}}"
      })
  void typingErrorsAreRefused(String values) {
    assertThatThrownBy(() -> Chart.render(values))
        .hasMessageContaining("values don't meet the specifications of the schema");
  }

  @Test
  void theImageStartsTheProgramThatTheJarHolds() throws Exception {
    assertThat(Files.readString(Path.of("..", "docker", "start")))
        .contains("-cp /app/app.jar " + FetchMain.class.getName() + " ");
    assertThat(Files.readString(Path.of("..", "inference-service", "pom.xml")))
        .contains("<artifactId>omnimamba-hub</artifactId>");
  }
}
