package org.omnimamba.standalone.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.standalone.Command;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The distribution, run as a user does: without Maven, from a folder of its own. */
class DistributionIT {
  private static final Pattern ADDRESS = Pattern.compile("ready at (http://\\S+)");

  @TempDir static Path folder;

  private static Distribution dist;

  @BeforeAll
  static void unpack() throws Exception {
    dist = Distribution.unpacked();
  }

  @AfterAll
  static void delete() throws Exception {
    if (dist != null) {
      dist.close();
    }
  }

  @Test
  void saysItsVersion() throws Exception {
    Command.Result result = Command.run(folder, dist.program().toString(), "--version");
    result.assertSuccess();
    assertThat(result.output()).containsPattern("\\d+\\.\\d+\\.\\d+");
  }

  @Test
  void drawsWithTheDemoModelWhenStartedByALink() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("om"), dist.program());
    Path picture = folder.resolve("picture.png");
    Command.Result result =
        Command.run(
            folder, link.toString(), "image", "a red apple, noto style", "-o", picture.toString());
    result.assertSuccess();
    assertThat(ImageIO.read(picture.toFile()).getWidth()).isPositive();
    assertThat(result.output()).doesNotContain("NOT TRAINED");
  }

  @Test
  void servesTheDemoModelUntilItIsStopped() throws Exception {
    Path home = folder.resolve("home");
    Path output = folder.resolve("serve.log");
    ProcessBuilder builder =
        new ProcessBuilder(dist.program().toString(), "serve", "--port", "0")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("OMNIMAMBA_HOME", home.toString());
    Process process = builder.start();
    try {
      await()
          .atMost(Duration.ofMinutes(5))
          .until(() -> !process.isAlive() || ADDRESS.matcher(Files.readString(output)).find());
      Matcher address = ADDRESS.matcher(Files.readString(output));
      assertThat(address.find()).as(Files.readString(output)).isTrue();
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(address.group(1) + "/v1/models"))
              .header(
                  "Authorization", "Bearer " + Files.readString(home.resolve("api-key")).strip())
              .build();
      HttpResponse<String> models =
          HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(models.statusCode()).isEqualTo(200);
      assertThat(models.body()).contains("omnimamba-emoji");
      assertThat(Files.readString(output))
          .as("what a person sees: what is done, what was chosen, how to go on")
          .contains("starting the database", "profile exact", "Try:  ")
          .doesNotContain(" INFO ", " WARN ");
      assertThat(Files.readString(home.resolve("logs/serve.log")))
          .contains("GatewayServiceApplication", "JobServiceApplication");
    } finally {
      process.destroy();
      if (!process.waitFor(3, TimeUnit.MINUTES)) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  void namesTheLicenceOfEveryLibrary() throws Exception {
    String licences = Files.readString(dist.resolve("THIRD-PARTY.txt"));
    assertThat(licences).doesNotContain("Unknown license");
    for (String name : libraries(dist.libraries().stream())) {
      assertThat(licences).contains(":" + name + ":");
    }
    assertThat(dist.resolve("LICENSE")).isNotEmptyFile();
    assertThat(dist.resolve("models/omnimamba-emoji/LICENSES.md")).isNotEmptyFile();
  }

  @Test
  void theBillOfMaterialsNamesEveryLibrary() throws Exception {
    try (InputStream bill = Files.newInputStream(dist.resolve("sbom.cdx.json"))) {
      assertComplete(bill, libraries(dist.libraries().stream()));
    }
  }

  /** What a service's jar holds is what its image holds beside the base image. */
  @ParameterizedTest
  @ValueSource(strings = {"gateway-service", "job-service", "inference-service"})
  void theJarOfAnImageHoldsItsBillOfMaterials(String service) throws Exception {
    Path jar =
        Path.of(
            "..", service, "target", "omnimamba-%s-%s-app.jar".formatted(service, dist.version()));
    try (JarFile file = new JarFile(jar.toFile())) {
      List<String> inside =
          file.stream()
              .map(entry -> entry.getName())
              .filter(name -> name.matches("BOOT-INF/lib/.+\\.jar"))
              .map(name -> name.substring(name.lastIndexOf('/') + 1))
              .toList();
      try (InputStream bill =
          file.getInputStream(file.getEntry("META-INF/sbom/application.cdx.json"))) {
        assertComplete(bill, libraries(inside.stream()));
      }
    }
  }

  @Test
  void nothingOfOtherSystemsIsInIt() throws Exception {
    assertThat(dist.libraries())
        .noneMatch(name -> name.matches(".*(windows|darwin|osx|alpine|aarch|arm64).*\\.jar"));
  }

  private static void assertComplete(InputStream file, List<String> libraries) {
    JsonNode bill = new JsonMapper().readTree(file);
    assertThat(bill.path("bomFormat").asString()).isEqualTo("CycloneDX");
    assertThat(libraries).hasSizeGreaterThan(50);
    assertThat(bill.path("components").valueStream().map(c -> c.path("name").asString()))
        .containsAll(libraries);
  }

  /** The names of others' libraries, without version and ending. */
  private static List<String> libraries(Stream<String> jars) {
    return jars.map(jar -> jar.replaceFirst("-\\d.*", ""))
        .filter(name -> !name.startsWith("omnimamba-"))
        // put in when a service is packaged, for the Dockerfile
        .filter(name -> !name.equals("spring-boot-jarmode-tools"))
        .distinct()
        .toList();
  }
}
