package org.omnimamba.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the rehearsal reads is what Docker and Compose would make of the files. */
class FilesTest {
  @Test
  void variablesAreFilledInAsComposeDoes() {
    Map<String, String> set = Map.of("A", "1", "EMPTY", "");
    assertThat(Compose.fill("${A} ${A:-2} ${A?x}", set)).isEqualTo("1 1 1");
    assertThat(Compose.fill("${B:-2} ${B-3} ${B}", set)).isEqualTo("2 3 ");
    assertThat(Compose.fill("${EMPTY:-2} ${EMPTY-3}", set)).isEqualTo("2 ");
    assertThatThrownBy(() -> Compose.fill("${B:?set B}", set)).hasMessageContaining("B: set B");
    assertThatThrownBy(() -> Compose.fill("${EMPTY:?set it}", set)).hasMessageContaining("set it");
  }

  @Test
  void sizesAreBinary() {
    assertThat(Quantity.bytes("768Mi")).isEqualTo(768L << 20);
    assertThat(Quantity.bytes("1g")).isEqualTo(1L << 30);
    assertThat(Quantity.bytes("512m")).isEqualTo(512L << 20);
    assertThat(Quantity.bytes(null)).isZero();
  }

  @Test
  void aStageInheritsFromTheStagesItIsMadeFrom() {
    String dockerfile =
        """
        FROM maven AS build
        ENV IGNORED=1
        FROM jre AS base
        ENV A="x y" \\
            B=2
        COPY docker/start /usr/local/bin/start
        ENTRYPOINT ["start"]
        FROM base AS gateway-service
        COPY docker/gateway-service.options java.options
        ENV B=3
        FROM base AS job-service
        ENTRYPOINT ["java", "-Xshare:auto", "-jar", "/app/app.jar"]
        """;
    Image gateway = Image.read(dockerfile, "gateway-service");
    assertThat(gateway.environment()).isEqualTo(Map.of("A", "x y", "B", "3"));
    assertThat(gateway.command()).containsExactly("start");
    assertThat(gateway.files())
        .isEqualTo(
            Map.of(
                "/usr/local/bin/start", Path.of("docker/start"),
                "/app/java.options", Path.of("docker/gateway-service.options")));
    assertThat(Image.read(dockerfile, "job-service").command()).contains("-Xshare:auto");
    assertThat(Image.read(dockerfile, "other").command())
        .as("the last stage serves all where none is named after the service")
        .contains("-Xshare:auto");
  }

  @Test
  void theFilesOfThisRepositoryAreUnderstood() throws Exception {
    Path root = Path.of("../..").toAbsolutePath().normalize();
    assertThat(
            Compose.read(
                root,
                Map.of(
                    "POSTGRES_PASSWORD", "p",
                    "OMNIMAMBA_INTERNAL_TOKEN", "t",
                    "OMNIMAMBA_WEBHOOK_KEY", "w",
                    "OMNIMAMBA_API_KEY", "k")))
        .extracting(Container::name)
        .containsExactlyInAnyOrder("gateway", "jobs", "inference");
    Chart chart = Chart.render(root, ChartAct.values(), Path.of("model"));
    assertThat(chart.containers())
        .extracting(Container::name)
        .containsExactlyInAnyOrder("gateway", "jobs", "inference");
    assertThat(chart.containers())
        .allSatisfy(
            container -> {
              assertThat(container.replicas()).isEqualTo(2);
              assertThat(container.memoryBytes()).isPositive();
              assertThat(container.writable()).contains("/tmp");
              assertThat(container.environment()).containsKey("OMNIMAMBA_INTERNALTOKEN");
            });
    assertThat(chart.services()).extracting(Chart.Service::name).contains("omni-gateway");
  }
}
