package org.omnimamba.standalone.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.omnimamba.standalone.deployment.Yamls.at;
import static org.omnimamba.standalone.deployment.Yamls.map;
import static org.omnimamba.standalone.deployment.Yamls.maps;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lints the chart, renders it, and looks at what an operator asked for. */
class HelmChartTest {
  private static final List<String> COMPONENTS = List.of("gateway", "inference", "jobs");

  @Test
  void lintsWithoutErrorOrWarning() {
    Helm helm = new Helm(Chart.FOLDER);
    LintResult result = helm.lint().strict().call();
    assertThat(result.getMessages())
        .noneMatch(m -> m.contains("[ERROR]") && !m.contains("is required"))
        .noneMatch(m -> m.contains("[WARN"));
  }

  @Test
  void rendersEveryServiceWithItsSettings() {
    Map<String, Map<String, Object>> objects = Chart.render("inference: {replicas: 2}");
    assertThat(objects.keySet())
        .containsExactlyInAnyOrder(
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
            "PodDisruptionBudget/omni-gateway",
            "PodDisruptionBudget/omni-inference",
            "PodDisruptionBudget/omni-jobs",
            "Pod/omni-answers");
    assertThat(environment(objects, "gateway"))
        .containsEntry("OMNIMAMBA_GATEWAY_JOBSURL", "http://omni-jobs:8082")
        .containsEntry("OMNIMAMBA_INTERNALTOKEN", "secret:omni-secrets/internal-token")
        .containsEntry("OMNIMAMBA_GATEWAY_APIKEY", "secret:omni-secrets/api-key");
    assertThat(environment(objects, "jobs"))
        .containsEntry("OMNIMAMBA_DATABASE_HOST", "postgres.example")
        .containsEntry("OMNIMAMBA_DATABASE_PORT", "5432")
        .containsEntry("OMNIMAMBA_JOBS_PUBLICURL", "https://api.example.com");
    assertThat(environment(objects, "inference"))
        .containsEntry("OMNIMAMBA_INFERENCE_MODEL", "/model");
  }

  @Test
  void scalingInferenceChangesNoOtherPod() {
    Map<String, Map<String, Object>> one = Chart.render("");
    Map<String, Map<String, Object>> three = Chart.render("inference: {replicas: 3}");
    for (String component : List.of("jobs")) {
      assertThat(Workload.of(three, component).object())
          .isEqualTo(Workload.of(one, component).object());
    }
    assertThat(at(three.get("Service/omni-inference"), "spec", "publishNotReadyAddresses"))
        .as("a replica that drains keeps its name")
        .isEqualTo(true);
  }

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
  void largeNumbersKeepTheirDigits() {
    assertThat(
            environment(
                Chart.render(
                    """
                    gateway:
                      env:
                        OMNIMAMBA_GATEWAY_LIMITS_EVERYONE_TOKENSPERMINUTE: 6000000
                        MANAGEMENT_TRACING_SAMPLING_PROBABILITY: 0.25
                        SPRING_MAIN_LOGSTARTUPINFO: false
                    """),
                "gateway"))
        .containsEntry("OMNIMAMBA_GATEWAY_LIMITS_EVERYONE_TOKENSPERMINUTE", "6000000")
        .containsEntry("MANAGEMENT_TRACING_SAMPLING_PROBABILITY", "0.25")
        .containsEntry("SPRING_MAIN_LOGSTARTUPINFO", "false");
  }

  @Test
  void logsAreJsonUnlessPlainTextIsAskedFor() {
    for (String component : COMPONENTS) {
      assertThat(environment(Chart.render(""), component))
          .containsEntry("LOGGING_STRUCTURED_FORMAT_CONSOLE", "logstash");
      assertThat(environment(Chart.render("logFormat: \"\""), component))
          .doesNotContainKey("LOGGING_STRUCTURED_FORMAT_CONSOLE");
    }
  }

  @Test
  void thePublicAddressIsGivenOrThatOfTheIngressOrTheRoute() {
    assertThat(publicUrl("publicUrl: https://a.example")).isEqualTo("https://a.example");
    assertThat(publicUrl("{publicUrl: '', gateway: {ingress: {enabled: true, host: b.example}}}"))
        .isEqualTo("http://b.example");
    assertThat(
            publicUrl(
                "{publicUrl: '', gateway: {ingress: {enabled: true, host: b.example, tlsSecret:"
                    + " t}}}"))
        .isEqualTo("https://b.example");
    assertThat(publicUrl(Chart.ROUTE)).isEqualTo("https://api.example.org");
  }

  private static String publicUrl(String values) {
    return environment(Chart.render(values), "jobs").get("OMNIMAMBA_JOBS_PUBLICURL");
  }

  @Test
  void aGpuIsRequestedWhereItIsEnabled() {
    Workload workload = Workload.of(Chart.render(Chart.GPU), "inference");
    assertThat(workload.container().get("image"))
        .isEqualTo("omnimamba/inference-service-gpu:0.1.0");
    assertThat(workload.environment()).containsEntry("OMNIMAMBA_INFERENCE_RUNTIME_DEVICE", "GPU");
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
  void imagesHaveARegistryAndADigestWhereTheyAreGiven() {
    String digest = "sha256:" + "ab".repeat(32);
    Map<String, Map<String, Object>> objects =
        Chart.render(
            "{image: {registry: registry.example/team, tag: '1.2'}, jobs: {digest: '"
                + digest
                + "'}}");
    assertThat(Workload.of(objects, "gateway").container().get("image"))
        .isEqualTo("registry.example/team/omnimamba/gateway-service:1.2");
    assertThat(Workload.of(objects, "jobs").container().get("image"))
        .isEqualTo("registry.example/team/omnimamba/job-service@" + digest);
  }

  @Test
  void existingSecretsReplaceTheGeneratedOne() {
    Map<String, Map<String, Object>> objects =
        Chart.render("1.31.0", Chart.LEAST, Chart.EXISTING_SECRETS);
    assertThat(objects).doesNotContainKey("Secret/omni-secrets");
    assertThat(environment(objects, "gateway"))
        .containsEntry("OMNIMAMBA_GATEWAY_APIKEY", "secret:mine/api-key")
        .containsEntry("OMNIMAMBA_DATABASE_PASSWORD", "secret:pg-app/password")
        .containsEntry("OMNIMAMBA_DATABASE_HOST", "secret:pg-app/host")
        .containsEntry("OMNIMAMBA_DATABASE_NAME", "secret:pg-app/dbname")
        .containsEntry("OMNIMAMBA_DATABASE_SSLMODE", "verify-full");
    assertThat(
            maps(at(
                    objects.get("Job/omni-migration"),
                    "spec",
                    "template",
                    "spec",
                    "containers",
                    0,
                    "env"))
                .toString())
        .as("a role of its own owns the tables")
        .contains("OMNIMAMBA_DATABASE_MIGRATION_PASSWORD", "pg-owner");
    assertThat(Workload.of(objects, "jobs").container().get("volumeMounts").toString())
        .contains("/etc/omnimamba/database");
  }

  @Test
  void aChangedSecretChangesThePods() {
    Object before = checksum("");
    assertThat(before).isNotNull().isEqualTo(checksum(""));
    assertThat(checksum("secrets: {databasePassword: other}")).isNotEqualTo(before);
  }

  private static Object checksum(String values) {
    return at(
        Workload.of(Chart.render(values), "gateway").object(),
        "spec",
        "template",
        "metadata",
        "annotations",
        "checksum/secrets");
  }

  @Test
  void allThatIsMissingIsNamedAtOnce() {
    assertThatThrownBy(() -> Chart.render("1.31.0", "{}"))
        .hasMessageContaining("database.host is required")
        .hasMessageContaining("model.existingClaim is required")
        .hasMessageContaining("secrets.apiKey is required")
        .hasMessageContaining("secrets.internalToken is required")
        .hasMessageContaining("secrets.webhookKey is required")
        .hasMessageContaining("secrets.databasePassword is required")
        .hasMessageContaining("publicUrl is required");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gateway: {replcas: 3}",
        "gateway: {replicas: many}",
        "inference: {gpu: {enable: true}}",
        "networkPolicy: {egress: {webhook: {}}}",
        "secrets: {apiKey: short}",
        "secrets: {internalToken: short}",
        "secrets: {webhookKey: bm90IDMyIGJ5dGVz}",
        "secrets: {previousInternalTokens: [short]}",
        "database: {sslMode: always}",
        "publicUrl: api.example.com",
        "jobs: {extraEnv: {A: b}}",
        "jobs: {env: {not-a-name: b}}",
        "jobs: {digest: latest}",
        "typing: error"
      })
  void typingErrorsAndWrongValuesAreRefused(String values) {
    assertThatThrownBy(() -> Chart.render(values))
        .hasMessageContaining("values don't meet the specifications of the schema");
  }

  @Test
  void onTheWayOutThePodStillTakesWhatIsSent() {
    assertThat(at(Workload.of(Chart.render(""), "gateway").container(), "lifecycle", "preStop"))
        .isEqualTo(Map.of("sleep", Map.of("seconds", 5)));
    assertThat(
            at(
                Workload.of(Chart.render("1.27.0", Chart.LEAST), "gateway").container(),
                "lifecycle",
                "preStop"))
        .isEqualTo(Map.of("exec", Map.of("command", List.of("sleep", "5"))));
  }

  @Test
  void replicasAreLeftToTheAutoscalers() {
    Map<String, Map<String, Object>> objects = Chart.render(Chart.SCALED);
    for (String component : COMPONENTS) {
      assertThat(map(Workload.of(objects, component).object().get("spec")))
          .doesNotContainKey("replicas");
    }
    assertThat(at(objects.get("ScaledObject/omni-inference"), "spec", "scaleTargetRef", "kind"))
        .isEqualTo("StatefulSet");
    assertThat(
            at(objects.get("ScaledObject/omni-jobs"), "spec", "triggers", 0, "metadata", "query"))
        .asString()
        .contains("omnimamba_queue_waiting", "pod=~\"omni-jobs-.*\"");
  }

  @Test
  void metricsHaveTheirLabelsAndTheDashboard() {
    Map<String, Map<String, Object>> objects = Chart.render(Chart.SCALED);
    for (String kind : List.of("PodMonitor", "PrometheusRule")) {
      assertThat(at(objects.get(kind + "/omni"), "metadata", "labels", "release"))
          .isEqualTo("prometheus");
    }
    assertThat(at(objects.get("ConfigMap/omni-dashboards"), "data", "omnimamba.json"))
        .asString()
        .contains("\"panels\"");
    assertThat(
            at(objects.get("ConfigMap/omni-dashboards"), "metadata", "labels", "grafana_dashboard"))
        .isEqualTo("1");
  }

  /** Tests of the services check that the meters of the dashboards exist. */
  @Test
  void alertsAndAutoscalersAskForMetersThatDashboardsShow() {
    Map<String, Map<String, Object>> objects = Chart.render(Chart.SCALED);
    Set<String> shown = meters(at(objects.get("ConfigMap/omni-dashboards"), "data"));
    for (String name :
        List.of("PrometheusRule/omni", "ScaledObject/omni-inference", "ScaledObject/omni-jobs")) {
      Set<String> asked = meters(objects.get(name).get("spec"));
      assertThat(asked).as(name).isNotEmpty();
      assertThat(shown).as(name).containsAll(asked);
    }
  }

  /** Each is followed by its labels, so that what a text says of a meter does not count. */
  private static Set<String> meters(Object part) {
    return Pattern.compile("omnimamba_[a-z0-9_]+(?=[{)\\[ ])")
        .matcher(part.toString())
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toSet());
  }

  @Test
  void furtherObjectsAreRendered() {
    assertThat(
            at(
                Chart.render(
                        """
                        extraObjects:
                          - apiVersion: v1
                            kind: ConfigMap
                            metadata: {name: "{{ .Release.Name }}-more"}
                            data: {a: b}
                        """)
                    .get("ConfigMap/omni-more"),
                "data",
                "a"))
        .isEqualTo("b");
  }

  @Test
  void theTestPodAsksTheGatewaysService() {
    Map<String, Object> pod = Objects.requireNonNull(Chart.render("").get("Pod/omni-answers"));
    assertThat(at(pod, "metadata", "annotations", "tested.helm.sh/hook")).isEqualTo("test");
    assertThat(at(pod, "spec", "containers", 0, "command", 2))
        .asString()
        .contains("http://omni-gateway:80/v1/models");
  }

  @Test
  void tablesAreMigratedByAJobBeforeThePodsWhereThatIsWanted() {
    Map<String, Map<String, Object>> objects = Chart.render("database: {migration: {job: true}}");
    Map<String, Object> job = objects.get("Job/omni-migration");
    assertThat(at(job, "metadata", "annotations", "tested.helm.sh/hook"))
        .isEqualTo("pre-install,pre-upgrade");
    assertThat(at(objects.get("Secret/omni-migration"), "stringData"))
        .as("made before the chart's own")
        .isEqualTo(at(objects.get("Secret/omni-secrets"), "stringData"));
    for (String part : List.of("initContainers", "containers")) {
      assertThat(maps(at(job, "spec", "template", "spec", part, 0, "env")))
          .contains(Map.of("name", "OMNIMAMBA_DATABASE_MIGRATE", "value", "only"))
          .noneMatch(v -> "omni-secrets".equals(at(v, "valueFrom", "secretKeyRef", "name")));
    }
    assertThat(environment(objects, "gateway"))
        .containsEntry("OMNIMAMBA_DATABASE_MIGRATE", "false");
    assertThat(environment(objects, "jobs")).containsEntry("OMNIMAMBA_DATABASE_MIGRATE", "false");
    assertThat(Chart.render("").keySet()).noneMatch(name -> name.contains("migration"));
  }

  private static Map<String, String> environment(
      Map<String, Map<String, Object>> objects, String component) {
    return Workload.of(objects, component).environment();
  }
}
