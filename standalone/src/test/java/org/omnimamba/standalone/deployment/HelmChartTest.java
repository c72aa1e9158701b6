package org.omnimamba.standalone.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.omnimamba.standalone.deployment.Yamls.at;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    for (String component : List.of("gateway", "jobs")) {
      assertThat(Workload.of(three, component).object())
          .isEqualTo(Workload.of(one, component).object());
    }
    assertThat(at(three.get("Service/omni-inference"), "spec", "publishNotReadyAddresses"))
        .as("a replica that drains keeps its name")
        .isEqualTo(true);
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
  void whatAnOperatorSetsTakesThePlaceOfWhatTheChartSets() {
    Map<String, Map<String, Object>> objects =
        Chart.render(
            """
            jobs:
              env: {OMNIMAMBA_SHUTDOWN_GRACE: 30s, OMNIMAMBA_JOBS_WORKER_CONCURRENCY: 2}
              extraEnv: [{name: OMNIMAMBA_DATABASE_PORT, value: "6432"}]
            """);
    assertThat(environment(objects, "jobs"))
        .containsEntry("OMNIMAMBA_SHUTDOWN_GRACE", "30s")
        .containsEntry("OMNIMAMBA_DATABASE_PORT", "6432")
        .containsEntry("OMNIMAMBA_JOBS_WORKER_CONCURRENCY", "2");
    assertThat(environment(objects, "gateway")).containsEntry("OMNIMAMBA_DATABASE_PORT", "5432");
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
  void allThatIsMissingIsNamedAtOnce() {
    assertThatThrownBy(() -> Chart.renderFor("1.31.0", "{}"))
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
        // without a replica there are no figures to scale up by
        "jobs: {autoscaling: {minReplicas: 0}}",
        "typing: error"
      })
  void typingErrorsAndWrongValuesAreRefused(String values) {
    assertThatThrownBy(() -> Chart.render(values))
        .hasMessageContaining("values don't meet the specifications of the schema");
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

  private static Map<String, String> environment(
      Map<String, Map<String, Object>> objects, String component) {
    return Workload.of(objects, component).environment();
  }
}
