package org.omnimamba.standalone.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.omnimamba.standalone.deployment.Yamls.at;
import static org.omnimamba.standalone.deployment.Yamls.map;
import static org.omnimamba.standalone.deployment.Yamls.maps;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The pods of the chart: how they are locked down, placed, stopped and extended. */
class ChartPodsTest {
  private static final List<String> COMPONENTS = List.of("gateway", "inference", "jobs");

  @Test
  void everyContainerIsLockedDownProbedAndAlone() {
    Map<String, Map<String, Object>> objects = Chart.render("");
    for (String component : COMPONENTS) {
      Workload workload = Workload.of(objects, component);
      assertThat(workload.container())
          .as(component)
          .containsKeys("startupProbe", "livenessProbe", "readinessProbe", "lifecycle");
      assertThat(map(workload.container().get("securityContext")))
          .as(component)
          .containsEntry("runAsNonRoot", true)
          .containsEntry("readOnlyRootFilesystem", true)
          .containsEntry("allowPrivilegeEscalation", false);
      assertThat(map(at(workload.container(), "resources", "requests")))
          .containsKeys("cpu", "memory", "ephemeral-storage");
      assertThat(workload.pod())
          .containsEntry("automountServiceAccountToken", false)
          .containsEntry("enableServiceLinks", false);
      assertThat(at(workload.pod(), "topologySpreadConstraints", 0, "labelSelector", "matchLabels"))
          .isEqualTo(at(workload.object(), "spec", "selector", "matchLabels"));
    }
  }

  @Test
  void whatAnOperatorAddsToPodsIsThere() {
    for (String component : COMPONENTS) {
      Map<String, Map<String, Object>> objects =
          Chart.render(
              """
              %s:
                podAnnotations: {team: vision}
                podLabels: {cost: shared}
                nodeSelector: {disk: fast}
                tolerations: [{key: gpu, operator: Exists}]
                priorityClassName: high
                affinity: {nodeAffinity: {}}
                topologySpreadConstraints: [{maxSkew: 2, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]
                serviceAccount: {create: true, annotations: {role: results}}
                extraEnv: [{name: SERVER_SHUTDOWN, valueFrom: {configMapKeyRef: {name: a, key: b}}}]
                envFrom: [{secretRef: {name: more}}]
                extraVolumes: [{name: more, emptyDir: {}}]
                extraVolumeMounts: [{name: more, mountPath: /more}]
                javaOptions: -Xmx1g
              """
                  .formatted(component));
      Workload workload = Workload.of(objects, component);
      assertThat(workload.pod())
          .containsEntry("nodeSelector", Map.of("disk", "fast"))
          .containsEntry("priorityClassName", "high")
          .containsEntry("serviceAccountName", "omni-" + component)
          .containsKeys("affinity", "tolerations");
      assertThat(at(workload.pod(), "topologySpreadConstraints", 0, "maxSkew")).isEqualTo(2);
      assertThat(at(workload.object(), "spec", "template", "metadata", "annotations", "team"))
          .isEqualTo("vision");
      assertThat(at(workload.object(), "spec", "template", "metadata", "labels", "cost"))
          .isEqualTo("shared");
      assertThat(
              at(
                  objects.get("ServiceAccount/omni-" + component),
                  "metadata",
                  "annotations",
                  "role"))
          .isEqualTo("results");
      assertThat(workload.container().get("envFrom"))
          .isEqualTo(List.of(Map.of("secretRef", Map.of("name", "more"))));
      assertThat(maps(workload.container().get("env")))
          .contains(Map.of("name", "OMNIMAMBA_JAVA_OPTS", "value", "-Xmx1g"))
          .anyMatch(variable -> at(variable, "valueFrom", "configMapKeyRef", "name") != null);
      assertThat(workload.writableFolders()).contains("/more");
      assertThat(maps(workload.pod().get("volumes"))).anyMatch(v -> v.get("name").equals("more"));
    }
  }

  @Test
  void aGpuIsRequestedWhereItIsEnabled() {
    Workload workload = Workload.of(Chart.render(Chart.GPU), "inference");
    assertThat(workload.container().get("image"))
        .isEqualTo("omnimamba/inference-service-gpu:0.1.0");
    assertThat(workload.environment())
        .as("the profile chooses the rest")
        .containsEntry("OMNIMAMBA_INFERENCE_RUNTIME_DEVICE", "GPU")
        .doesNotContainKey("OMNIMAMBA_INFERENCE_RUNTIME_STORAGE");
    assertThat(map(at(workload.container(), "resources", "limits")))
        .containsEntry("nvidia.com/gpu", 1)
        .containsEntry("memory", "16Gi");
  }

  @Test
  void whatWasCompiledIsKeptInThePodOrInAVolumeOfEachReplica() {
    Workload inPod = Workload.of(Chart.render("inference: {gpu: {enabled: true}}"), "inference");
    assertThat(map(inPod.object().get("spec"))).doesNotContainKey("volumeClaimTemplates");
    assertThat(maps(inPod.pod().get("volumes"))).anyMatch(v -> v.get("name").equals("compiled"));
    Workload inVolume = Workload.of(Chart.render(Chart.GPU), "inference");
    assertThat(
            at(
                inVolume.object(),
                "spec",
                "volumeClaimTemplates",
                0,
                "spec",
                "resources",
                "requests",
                "storage"))
        .isEqualTo("2Gi");
    assertThat(maps(inVolume.pod().get("volumes")))
        .noneMatch(v -> v.get("name").equals("compiled"));
    assertThat(at(inVolume.pod(), "securityContext", "fsGroup")).isEqualTo(10001);
  }

  @Test
  void onTheWayOutThePodStillTakesWhatIsSent() {
    assertThat(at(Workload.of(Chart.render(""), "gateway").container(), "lifecycle", "preStop"))
        .isEqualTo(Map.of("sleep", Map.of("seconds", 5)));
    assertThat(
            at(
                Workload.of(Chart.renderFor("1.27.0", Chart.LEAST), "gateway").container(),
                "lifecycle",
                "preStop"))
        .isEqualTo(Map.of("exec", Map.of("command", List.of("sleep", "5"))));
  }
}
