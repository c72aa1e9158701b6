package org.omnimamba.standalone.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.omnimamba.standalone.deployment.Yamls.at;
import static org.omnimamba.standalone.deployment.Yamls.map;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.omnimamba.inference.InferenceProperties;
import org.omnimamba.web.shutdown.ShutdownProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/** What the chart and the compose file give the services is what the services read and need. */
class DeployedSettingsTest {
  private static final Map<String, String> COMPOSE_VARIABLES =
      Map.of(
          "OMNIMAMBA_API_KEY", "om_0123456789abcdef",
          "OMNIMAMBA_INTERNAL_TOKEN", "0123456789abcdef",
          "OMNIMAMBA_WEBHOOK_KEY", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
          "POSTGRES_PASSWORD", "secret");

  /** What a Secret of an operator holds, by its key, where the chart does not make the Secret. */
  private static final Map<String, String> SECRETS =
      Map.of(
          "internal-token", "0123456789abcdef",
          "previous-internal-tokens", "1123456789abcdef,2123456789abcdef",
          "api-key", "om_0123456789abcdef",
          "webhook-key", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
          "url", "redis://redis.example:6379",
          "host", "pg-rw",
          "port", "5432",
          "dbname", "app",
          "username", "app",
          "password", "secret");

  private static Stream<Arguments> chartVariants() {
    return new TreeMap<>(Chart.VARIANTS)
        .entrySet().stream()
            .flatMap(
                variant ->
                    Stream.of(ServiceSettings.values())
                        .map(service -> Arguments.of(service, variant.getKey())));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("chartVariants")
  void everyVariableOfTheChartIsReadAndValid(ServiceSettings service, String variant)
      throws Exception {
    Map<String, Map<String, Object>> objects = Chart.render(Chart.VARIANTS.get(variant));
    Workload workload = Workload.of(objects, service.component);
    Map<String, String> environment = resolved(workload);
    assertReadAndValid(service, environment);
    assertThat(workload.ports())
        .containsEntry("http", Integer.valueOf(service.value(environment, "server.port")))
        .containsEntry(
            "management", Integer.valueOf(service.value(environment, "management.server.port")));
  }

  @ParameterizedTest
  @EnumSource(ServiceSettings.class)
  void everyVariableOfComposeIsReadAndValid(ServiceSettings service) throws Exception {
    for (Compose compose : composes()) {
      assertReadAndValid(service, compose.environment(service.component));
    }
  }

  @Test
  void everyVariableForAGpuIsReadAndValid() throws Exception {
    Map<String, String> environment =
        new LinkedHashMap<>(composes().get(0).environment("inference"));
    environment.putAll(
        new Compose("docker-compose.gpu.yml", COMPOSE_VARIABLES).environment("inference"));
    assertThat(environment).containsEntry("OMNIMAMBA_INFERENCE_RUNTIME_DEVICE", "GPU");
    assertReadAndValid(ServiceSettings.INFERENCE, environment);
  }

  private static List<Compose> composes() throws Exception {
    Map<String, String> more = new LinkedHashMap<>(COMPOSE_VARIABLES);
    more.put("OMNIMAMBA_PREVIOUS_INTERNAL_TOKENS", "1123456789abcdef,2123456789abcdef");
    more.put("OMNIMAMBA_PUBLIC_URL", "https://api.example.com");
    return List.of(
        new Compose("docker-compose.yml", COMPOSE_VARIABLES),
        new Compose("docker-compose.yml", more));
  }

  private static void assertReadAndValid(ServiceSettings service, Map<String, String> environment)
      throws Exception {
    Map<String, String> settings = new LinkedHashMap<>(environment);
    // read by docker/start, not by the service
    settings.remove("OMNIMAMBA_JAVA_OPTS");
    assertThat(service.unknown(settings)).as("variables that no setting reads").isEmpty();
    assertThatCode(() -> service.bind(settings)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @EnumSource(ServiceSettings.class)
  void aVariableThatNoServiceReadsIsFound(ServiceSettings service) throws Exception {
    assertThat(
            service.unknown(
                Map.of(
                    "OMNIMAMBA_INTERNALTOKN", "x", "SPRING_R2DBC_UURL", "x", "SERVER_PORT", "1")))
        .containsExactly("OMNIMAMBA_INTERNALTOKN", "SPRING_R2DBC_UURL");
  }

  /** With the values of Secrets filled in, and a file in place of a certificate that is mounted. */
  private static Map<String, String> resolved(Workload workload) {
    Map<String, String> environment = new LinkedHashMap<>();
    workload
        .environment()
        .forEach(
            (name, value) -> {
              String text = value.startsWith("secret:") ? secret(workload, value) : value;
              if (text != null) {
                environment.put(name, text);
              }
            });
    if (environment.containsKey("OMNIMAMBA_DATABASE_SSLROOTCERT")) {
      assertThat(Path.of(environment.get("OMNIMAMBA_DATABASE_SSLROOTCERT")).getParent().toString())
          .isIn(mountPaths(workload));
      environment.put("OMNIMAMBA_DATABASE_SSLROOTCERT", Path.of("pom.xml").toString());
    }
    return environment;
  }

  private static List<Object> mountPaths(Workload workload) {
    return Yamls.maps(workload.container().get("volumeMounts")).stream()
        .map(mount -> mount.get("mountPath"))
        .toList();
  }

  private static String secret(Workload workload, String reference) {
    String[] nameAndKey = reference.substring("secret:".length()).split("/");
    Object made = at(workload.objects().get("Secret/" + nameAndKey[0]), "stringData");
    String value =
        made == null ? SECRETS.get(nameAndKey[1]) : (String) map(made).get(nameAndKey[1]);
    return value == null && nameAndKey[0].equals("s3") ? "key" : value;
  }

  @ParameterizedTest
  @EnumSource(ServiceSettings.class)
  void aServiceEndsItsWorkBeforeSpringAndSpringBeforeThePod(ServiceSettings service)
      throws Exception {
    Workload workload =
        Workload.of(
            Chart.render("%s: {gracePeriodSeconds: 90}".formatted(service.component)),
            service.component);
    ShutdownProperties inChart = shutdown(service, resolved(workload));
    int preStop = (Integer) at(workload.container(), "lifecycle", "preStop", "sleep", "seconds");
    assertThat(inChart.grace()).isEqualTo(Duration.ofSeconds(90));
    assertThat(Duration.ofSeconds(workload.gracePeriodSeconds() - preStop))
        .isGreaterThan(inChart.phase());

    Compose compose = composes().get(0);
    Object stop = compose.service(service.component).get("stop_grace_period");
    assertThat(DurationStyle.detectAndParse((String) stop))
        .isGreaterThan(shutdown(service, compose.environment(service.component)).phase());
  }

  @Test
  void aReplicaOfInferenceHasTheTimeThatARequestMayTake() throws Exception {
    InferenceProperties defaults =
        new Binder(
                new MapConfigurationPropertySource(Map.of("omnimamba.inference.model", "/model")))
            .bind("omnimamba.inference", InferenceProperties.class)
            .get();
    Map<String, String> environment = resolved(Workload.of(Chart.render(""), "inference"));
    assertThat(shutdown(ServiceSettings.INFERENCE, environment).grace())
        .isGreaterThanOrEqualTo(defaults.requestTimeout());
  }

  private static ShutdownProperties shutdown(
      ServiceSettings service, Map<String, String> environment) throws Exception {
    String grace = service.value(environment, "omnimamba.shutdown.grace");
    assertThat(grace).as("the one setting of a stop").isNotNull();
    assertThat(service.value(environment, "spring.lifecycle.timeout-per-shutdown-phase"))
        .as("has no effect")
        .isNull();
    return new ShutdownProperties(DurationStyle.detectAndParse(grace));
  }

  @Test
  void whatTheServicesWriteToIsWritableAndNothingElse() {
    Map<String, Map<String, Object>> objects = Chart.render(Chart.GPU);
    assertThat(Workload.of(objects, "gateway").writableFolders()).containsExactly("/tmp");
    assertThat(Workload.of(objects, "jobs").writableFolders()).containsExactly("/tmp");
    assertThat(Workload.of(objects, "inference").writableFolders())
        .containsExactlyInAnyOrder("/tmp", "/var/cache/omnimamba");
  }

  @ParameterizedTest
  @EnumSource(ServiceSettings.class)
  void heapAndBuffersFitTheMemoryOfTheContainer(ServiceSettings service) throws Exception {
    String image =
        switch (service) {
          case GATEWAY -> "gateway-service";
          case INFERENCE -> "inference-service";
          case JOBS -> "job-service";
        };
    List<String> options = Files.readAllLines(Path.of("..", "docker", image + ".options"));
    long direct = size(option(options, "-XX:MaxDirectMemorySize=").toUpperCase() + "B");
    double heap = Double.parseDouble(option(options, "-XX:MaxRAMPercentage=")) / 100;
    Object limit =
        at(
            Workload.of(Chart.render(""), service.component).container(),
            "resources",
            "limits",
            "memory");
    long chart = size(limit.toString().replace("i", "B"));
    long compose =
        size(
            composes().get(0).service(service.component).get("mem_limit").toString().toUpperCase()
                + "B");
    for (long memory : new long[] {chart, compose}) {
      assertThat(memory * heap + direct + size("200MB")).isLessThanOrEqualTo(memory);
    }
  }

  private static String option(List<String> options, String name) {
    return options.stream()
        .filter(o -> o.startsWith(name))
        .findFirst()
        .orElseThrow()
        .substring(name.length());
  }

  private static long size(String text) {
    return DataSize.parse(text).toBytes();
  }
}
