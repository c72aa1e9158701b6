package org.omnimamba.standalone.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.standalone.Command;

/** The same sources give the same jar, wherever and whenever they are built. */
class ReproducibleJarsIT {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String MODULE = "job-queue";

  @TempDir Path folder;

  @Test
  void aModuleThatIsBuiltTwiceHasTheSameBytes() throws Exception {
    Path first = build("one", Instant.parse("2026-01-01T00:00:00Z"));
    Path second = build("another/place", Instant.parse("2026-02-02T02:02:02Z"));
    assertThat(Files.mismatch(first, second)).isEqualTo(-1L);
  }

  /**
   * Of services, the repackaged jar too: what is in it has one date, that of the build's settings.
   */
  @ParameterizedTest
  @ValueSource(strings = {"gateway-service", "job-service", "inference-service"})
  void nothingInAServicesJarTellsWhenItWasBuilt(String service) throws Exception {
    for (Path jar : jars(ROOT.resolve(service))) {
      try (JarFile file = new JarFile(jar.toFile())) {
        assertThat(file.stream().map(entry -> entry.getTimeLocal().toLocalDate()).distinct())
            .as(jar.toString())
            .hasSize(1);
        assertThat(file.getManifest().getMainAttributes().keySet())
            .extracting(Object::toString)
            .doesNotContain("Build-Time", "Built-By", "Bnd-LastModified");
      }
    }
  }

  private Path build(String place, Instant modified) throws Exception {
    Path copy = folder.resolve(place);
    for (String file : projectFiles()) {
      copy(ROOT.resolve(file), copy, modified);
    }
    for (String tree : List.of(".mvn", MODULE + "/src/main")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(tree))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          copy(file, copy, modified);
        }
      }
    }
    // the build that runs this test has fetched all that is needed
    Command.run(
            copy, "bash", "mvnw", "-q", "-o", "-pl", MODULE, "-Dcyclonedx.skip=false", "package")
        .assertSuccess();
    return jars(copy.resolve(MODULE)).get(0);
  }

  /** The build's own program, and the project files of all modules, which Maven wants to see. */
  private static List<String> projectFiles() throws Exception {
    return Stream.concat(
            Stream.of("mvnw", "pom.xml"),
            Pattern.compile("<module>([^<]+)</module>")
                .matcher(Files.readString(ROOT.resolve("pom.xml")))
                .results()
                .map(module -> module.group(1) + "/pom.xml"))
        .toList();
  }

  /** The jars of a module, without that of its tests. */
  private static List<Path> jars(Path module) throws Exception {
    try (Stream<Path> files = Files.list(module.resolve("target"))) {
      List<Path> jars =
          files
              .filter(file -> file.toString().endsWith(".jar"))
              .filter(file -> !file.toString().endsWith("-tests.jar"))
              .toList();
      assertThat(jars).isNotEmpty();
      return jars;
    }
  }

  private static void copy(Path file, Path folder, Instant modified) throws Exception {
    Path target = folder.resolve(ROOT.relativize(file));
    Files.createDirectories(target.getParent());
    Files.copy(file, target);
    Files.setLastModifiedTime(target, FileTime.from(modified));
  }
}
