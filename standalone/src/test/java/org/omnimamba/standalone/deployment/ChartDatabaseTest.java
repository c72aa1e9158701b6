package org.omnimamba.standalone.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.omnimamba.standalone.deployment.Yamls.at;
import static org.omnimamba.standalone.deployment.Yamls.map;
import static org.omnimamba.standalone.deployment.Yamls.maps;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The secrets of the chart, and the Job that migrates the tables. */
class ChartDatabaseTest {
  @Test
  void existingSecretsReplaceTheGeneratedOne() {
    Map<String, Map<String, Object>> objects = Chart.render(Chart.EXISTING_SECRETS);
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

  @Test
  void theJobHasAllThatTheServicesHave() {
    Map<String, Map<String, Object>> objects =
        Chart.render(
            Chart.EXISTING_SECRETS,
            """
            trustStore: {configMap: trust}
            jobs:
              extraEnv: [{name: SPRING_MAIN_LOGSTARTUPINFO, value: "false"}]
              envFrom: [{configMapRef: {name: more}}]
              extraVolumes: [{name: shared, emptyDir: {}}]
            gateway:
              env: {LOGGING_LEVEL_ROOT: debug}
              extraVolumes: [{name: shared, emptyDir: {}}, {name: own, emptyDir: {}}]
              extraVolumeMounts: [{name: own, mountPath: /own}]
            """);
    Object pod = at(objects.get("Job/omni-migration"), "spec", "template", "spec");
    Map<String, Object> jobs = map(at(pod, "initContainers", 0));
    Map<String, Object> gateway = map(at(pod, "containers", 0));
    assertThat(jobs.get("envFrom"))
        .isEqualTo(List.of(Map.of("configMapRef", Map.of("name", "more"))));
    assertThat(maps(jobs.get("env")))
        .contains(Map.of("name", "SPRING_MAIN_LOGSTARTUPINFO", "value", "false"));
    assertThat(maps(gateway.get("env")))
        .contains(Map.of("name", "LOGGING_LEVEL_ROOT", "value", "debug"));
    for (Map<String, Object> container : List.of(jobs, gateway)) {
      assertThat(maps(container.get("env")))
          .anyMatch(
              variable ->
                  variable.get("name").equals("OMNIMAMBA_JAVA_OPTS")
                      && variable.get("value").toString().contains("trustStore"));
      assertThat(maps(container.get("volumeMounts")))
          .extracting(mount -> mount.get("mountPath"))
          .contains("/tmp", "/etc/omnimamba/trust", "/etc/omnimamba/database");
    }
    assertThat(maps(gateway.get("volumeMounts")))
        .contains(Map.of("name", "own", "mountPath", "/own"));
    assertThat(maps(at(pod, "volumes")))
        .extracting(volume -> volume.get("name"))
        .containsExactlyInAnyOrder("tmp", "database-certificate", "trust", "shared", "own");
  }

  @Test
  void differentVolumesOfOneNameAreRefusedWhereTheyMeet() {
    assertThatThrownBy(
            () ->
                Chart.render(
                    """
                    database: {migration: {job: true}}
                    jobs: {extraVolumes: [{name: shared, emptyDir: {}}]}
                    gateway: {extraVolumes: [{name: shared, secret: {secretName: other}}]}
                    """))
        .hasMessageContaining("give them different names");
  }

  private static Map<String, String> environment(
      Map<String, Map<String, Object>> objects, String component) {
    return Workload.of(objects, component).environment();
  }
}
