package org.omnimamba.standalone.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    Command.run(copy, "bash", "mvnw", "-q", "-pl", MODULE, "-Dcyclonedx.skip=false", "package")
        .assertSuccess();
    try (Stream<Path> jars = Files.list(copy.resolve(MODULE).resolve("target"))) {
      return jars.filter(ReproducibleJarsIT::isMainJar).findFirst().orElseThrow();
    }
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

  private static boolean isMainJar(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".jar") && !name.endsWith("-tests.jar");
  }

  private static void copy(Path file, Path folder, Instant modified) throws Exception {
    Path target = folder.resolve(ROOT.relativize(file));
    Files.createDirectories(target.getParent());
    Files.copy(file, target);
    Files.setLastModifiedTime(target, FileTime.from(modified));
  }
}
