package org.omnimamba.standalone.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Lints the chart and renders it as an operator would, through Helm's own engine. */
class HelmChartTest {
  private static final Path CHART = Path.of("..", "helm", "omnimamba").toAbsolutePath().normalize();

  @Test
  void lintsWithoutErrorOrWarning() {
    LintResult result = new Helm(CHART).lint().strict().call();
    assertThat(result.isFailed()).as(String.join("\n", result.getMessages())).isFalse();
    assertThat(result.getMessages()).noneMatch(m -> m.contains("[ERROR]") || m.contains("[WARN"));
  }

  @Test
  void rendersEveryServiceWithItsSettings() {
    Map<String, Map<String, Object>> objects = render(complete());
    assertThat(objects)
        .containsKeys(
            "StatefulSet/omni-inference",
            "Deployment/omni-jobs",
            "Deployment/omni-gateway",
            "Service/omni-inference",
            "Service/omni-jobs",
            "Service/omni-gateway",
            "Secret/omni-secrets",
            "NetworkPolicy/omni-gateway",
            "NetworkPolicy/omni-inference",
            "NetworkPolicy/omni-jobs",
            "PodDisruptionBudget/omni-gateway");
    assertThat(environment(objects.get("Deployment/omni-gateway")))
        .containsEntry(
            "OMNIMAMBA_GATEWAY_INFERENCEURLS",
            "http://omni-inference-0.omni-inference:8081,http://omni-inference-1.omni-inference:8081")
        .containsEntry("OMNIMAMBA_GATEWAY_JOBSURL", "http://omni-jobs:8082")
        .containsEntry("OMNIMAMBA_INTERNALTOKEN", "secret:omni-secrets/internal-token")
        .containsEntry("OMNIMAMBA_GATEWAY_APIKEY", "secret:omni-secrets/api-key");
    assertThat(environment(objects.get("Deployment/omni-jobs")))
        .containsEntry("SPRING_R2DBC_URL", "r2dbc:postgresql://postgres.example:5432/omnimamba")
        .containsEntry("OMNIMAMBA_JOBS_WORKER_GRACE", "60s")
        .containsEntry("OMNIMAMBA_JOBS_INFERENCEURL", "http://omni-inference:8081");
    assertThat(environment(objects.get("StatefulSet/omni-inference")))
        .containsEntry("OMNIMAMBA_INFERENCE_MODEL", "/model");
  }

  @Test
  void onlyTheGatewaysApiIsOpenAndMetricsAreForOneNamespace() {
    Map<String, Map<String, Object>> objects = render(complete());
    Map<String, Object> metrics =
        Map.of(
            "from",
            List.of(
                Map.of(
                    "namespaceSelector",
                    Map.of("matchLabels", Map.of("kubernetes.io/metadata.name", "monitoring")))),
            "ports",
            List.of(Map.of("port", "management")));
    assertThat(rules(objects, "gateway"))
        .containsExactly(Map.of("ports", List.of(Map.of("port", "http"))), metrics);
    assertThat(rules(objects, "jobs")).containsExactly(from("gateway"), metrics);
    assertThat(rules(objects, "inference")).containsExactly(from("gateway", "jobs"), metrics);

    Map<String, String> closed = complete();
    closed.put("networkPolicy.metricsNamespaceSelector", "null");
    assertThat(rules(render(closed), "gateway"))
        .as("no selector is nobody, not everybody")
        .containsExactly(Map.of("ports", List.of(Map.of("port", "http"))));
  }

  @SuppressWarnings("unchecked")
  private static List<Object> rules(Map<String, Map<String, Object>> objects, String component) {
    Map<String, Object> spec = map(objects.get("NetworkPolicy/omni-" + component).get("spec"));
    assertThat(map(map(spec.get("podSelector")).get("matchLabels")))
        .containsEntry("app.kubernetes.io/component", component);
    assertThat(spec.get("policyTypes")).isEqualTo(List.of("Ingress"));
    return (List<Object>) spec.get("ingress");
  }

  private static Map<String, Object> from(String... components) {
    return Map.of(
        "from",
        java.util.Arrays.stream(components)
            .map(
                component ->
                    Map.of(
                        "podSelector",
                        Map.of(
                            "matchLabels",
                            Map.of(
                                "app.kubernetes.io/name",
                                "omnimamba",
                                "app.kubernetes.io/instance",
                                "omni",
                                "app.kubernetes.io/component",
                                component))))
            .toList(),
        "ports",
        List.of(Map.of("port", "http")));
  }

  @Test
  void everyServiceLogsForPrograms() {
    Map<String, Map<String, Object>> objects = render(complete());
    List<String> services =
        List.of("Deployment/omni-gateway", "Deployment/omni-jobs", "StatefulSet/omni-inference");
    for (String service : services) {
      assertThat(environment(objects.get(service)))
          .containsEntry("LOGGING_STRUCTURED_FORMAT_CONSOLE", "logstash");
    }
    Map<String, String> plain = complete();
    plain.put("logFormat", "");
    assertThat(environment(render(plain).get("Deployment/omni-gateway")))
        .doesNotContainKey("LOGGING_STRUCTURED_FORMAT_CONSOLE");
  }

  @Test
  void everyContainerIsLockedDownAndProbed() {
    for (Map.Entry<String, Map<String, Object>> object : render(complete()).entrySet()) {
      if (!object.getKey().startsWith("Deployment/")
          && !object.getKey().startsWith("StatefulSet/")) {
        continue;
      }
      Map<String, Object> container = container(object.getValue());
      assertThat(container)
          .as(object.getKey())
          .containsKeys("startupProbe", "livenessProbe", "readinessProbe", "resources");
      assertThat(map(container.get("securityContext")))
          .as(object.getKey())
          .containsEntry("runAsNonRoot", true)
          .containsEntry("readOnlyRootFilesystem", true)
          .containsEntry("allowPrivilegeEscalation", false);
    }
  }

  @Test
  void aGpuIsRequestedWhereItIsEnabled() {
    Map<String, String> values = complete();
    values.put("inference.gpu.enabled", "true");
    Map<String, Object> container = container(render(values).get("StatefulSet/omni-inference"));
    assertThat(container.get("image")).isEqualTo("omnimamba/inference-service-gpu:0.1.0");
    assertThat(environment(render(values).get("StatefulSet/omni-inference")))
        .containsEntry("OMNIMAMBA_INFERENCE_RUNTIME_DEVICE", "GPU");
    assertThat(map(map(container.get("resources")).get("limits")))
        .containsEntry("nvidia.com/gpu", 1)
        .containsEntry("memory", "16Gi");
  }

  @Test
  void whatWasCompiledIsKeptInThePodOrInAVolumeOfEachReplica() {
    Map<String, String> values = complete();
    values.put("inference.gpu.enabled", "true");
    assertThat(map(render(values).get("StatefulSet/omni-inference").get("spec")))
        .doesNotContainKey("volumeClaimTemplates");
    values.put("inference.gpu.compiledVolume", "2Gi");
    Map<String, Object> spec = map(render(values).get("StatefulSet/omni-inference").get("spec"));
    Map<String, Object> pod = map(map(spec.get("template")).get("spec"));
    assertThat(spec.get("volumeClaimTemplates").toString())
        .contains("name=compiled", "storage=2Gi");
    assertThat(pod.get("volumes").toString()).doesNotContain("compiled");
    assertThat(map(pod.get("securityContext"))).containsEntry("fsGroup", 10001);
  }

  @Test
  void anExistingSecretReplacesTheGeneratedOne() {
    Map<String, String> values = complete();
    values.keySet().removeIf(key -> key.startsWith("secrets."));
    values.put("existingSecret", "mine");
    Map<String, Map<String, Object>> objects = render(values);
    assertThat(objects).doesNotContainKey("Secret/omni-secrets");
    assertThat(environment(objects.get("Deployment/omni-gateway")))
        .containsEntry("OMNIMAMBA_GATEWAY_APIKEY", "secret:mine/api-key");
  }

  @Test
  void whatIsMissingIsNamed() {
    for (String required :
        List.of(
            "database.host", "model.existingClaim", "secrets.apiKey", "secrets.internalToken")) {
      Map<String, String> values = complete();
      values.remove(required);
      assertThatThrownBy(() -> render(values))
          .as(required)
          .hasMessageContaining(required + " is required");
    }
  }

  private static Map<String, String> complete() {
    Map<String, String> values = new HashMap<>();
    values.put("database.host", "postgres.example");
    values.put("model.existingClaim", "models");
    values.put("secrets.apiKey", "om_test");
    values.put("secrets.databasePassword", "secret");
    values.put("secrets.internalToken", "0123456789abcdef");
    values.put("secrets.webhookKey", "a2V5");
    values.put("inference.replicas", "2");
    return values;
  }

  private static Map<String, Map<String, Object>> render(Map<String, String> values) {
    TemplateCommand command = new Helm(CHART).template().withName("omni").withKubeVersion("1.31.0");
    values.forEach(command::set);
    Map<String, Map<String, Object>> objects = new HashMap<>();
    for (Object document : new Yaml().loadAll(command.call())) {
      if (document != null) {
        Map<String, Object> object = map(document);
        String name = (String) map(object.get("metadata")).get("name");
        objects.put(object.get("kind") + "/" + name, object);
      }
    }
    return objects;
  }

  private static Map<String, Object> container(Map<String, Object> workload) {
    Map<String, Object> template = map(map(workload.get("spec")).get("template"));
    return map(((List<?>) map(template.get("spec")).get("containers")).get(0));
  }

  private static Map<String, String> environment(Map<String, Object> workload) {
    Map<String, String> result = new HashMap<>();
    for (Object entry : new ArrayList<>((List<?>) container(workload).get("env"))) {
      Map<String, Object> variable = map(entry);
      Object value = variable.get("value");
      if (value == null) {
        Map<String, Object> key = map(map(variable.get("valueFrom")).get("secretKeyRef"));
        value = "secret:" + key.get("name") + "/" + key.get("key");
      }
      result.put((String) variable.get("name"), value.toString());
    }
    return result;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }
}
