package org.omnimamba.standalone.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The distribution, laid out of what was packaged and run as a user does: without Maven, from a
 * folder of its own. Its jars are links; only the packing into an archive is left out.
 */
class DistributionIT {
  @TempDir static Path folder;

  private static Path dist;

  @BeforeAll
  static void layOut() throws Exception {
    // beside the jars, which can be linked within one file system alone
    dist = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "dist with spaces ");
    Command.run(Path.of("").toAbsolutePath(), "../deploy/make-dist.sh", "--link", dist.toString())
        .assertSuccess();
  }

  @AfterAll
  static void delete() throws Exception {
    FileSystemUtils.deleteRecursively(dist);
  }

  @Test
  void saysItsVersion() throws Exception {
    Command.Result result =
        Command.run(folder, dist.resolve("bin/omnimamba").toString(), "--version");
    result.assertSuccess();
    assertThat(result.output()).containsPattern("\\d+\\.\\d+\\.\\d+");
  }

  @Test
  void drawsWithTheDemoModelWhenStartedByALink() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("om"), dist.resolve("bin/omnimamba"));
    Path picture = folder.resolve("picture.png");
    Command.Result result =
        Command.run(
            folder, link.toString(), "image", "a red apple, noto style", "-o", picture.toString());
    result.assertSuccess();
    assertThat(ImageIO.read(picture.toFile()).getWidth()).isPositive();
    assertThat(result.output()).doesNotContain("NOT TRAINED");
  }

  @Test
  void namesTheLicenceOfEveryLibrary() throws Exception {
    String licences = Files.readString(dist.resolve("THIRD-PARTY.txt"));
    assertThat(licences).doesNotContain("Unknown license");
    for (String library : libraries()) {
      String name = library.replaceFirst("-\\d.*", "");
      if (!name.startsWith("omnimamba-")) {
        assertThat(licences).contains(":" + name + ":");
      }
    }
    assertThat(dist.resolve("LICENSE")).isNotEmptyFile();
    assertThat(dist.resolve("models/omnimamba-emoji/LICENSES.md")).isNotEmptyFile();
  }

  @Test
  void theBillOfMaterialsNamesEveryLibrary() throws Exception {
    JsonNode bill = new JsonMapper().readTree(dist.resolve("sbom.cdx.json").toFile());
    assertThat(bill.path("bomFormat").asString()).isEqualTo("CycloneDX");
    List<String> names =
        bill.path("components").valueStream().map(c -> c.path("name").asString()).toList();
    List<String> libraries =
        libraries().stream()
            .map(library -> library.replaceFirst("-\\d.*", ""))
            .filter(name -> !name.equals("omnimamba-standalone"))
            .toList();
    assertThat(libraries).hasSizeGreaterThan(50);
    assertThat(names).containsAll(libraries);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gateway-service", "job-service", "inference-service"})
  void theJarOfEachServiceHoldsItsBillOfMaterials(String service) throws Exception {
    Path jar = dist.resolve("lib/omnimamba-%s-%s.jar".formatted(service, version()));
    try (JarFile file = new JarFile(jar.toFile());
        InputStream bill =
            file.getInputStream(file.getEntry("META-INF/sbom/application.cdx.json"))) {
      assertThat(new JsonMapper().readTree(bill).path("components").size()).isGreaterThan(50);
    }
  }

  private static String version() throws Exception {
    return libraries().get(0).replaceFirst("omnimamba-standalone-(.*)\\.jar", "$1");
  }

  private static List<String> libraries() throws Exception {
    return Files.readAllLines(dist.resolve("lib/classpath"));
  }
}
