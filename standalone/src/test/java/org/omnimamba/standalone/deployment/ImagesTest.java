package org.omnimamba.standalone.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.omnimamba.standalone.deployment.Yamls.at;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** The Dockerfile, the compose file, the chart and the project agree on what there is. */
class ImagesTest {
  private static final Path ROOT = Path.of("..");

  @Test
  void theFirstBuildStepKnowsEveryModule() throws Exception {
    String dockerfile = Files.readString(ROOT.resolve("docker/Dockerfile"));
    for (String module :
        found("<module>([^<]+)</module>", Files.readString(ROOT.resolve("pom.xml")))) {
      assertThat(dockerfile).contains("COPY %s/pom.xml %s/\n".formatted(module, module));
    }
  }

  @Test
  void everyImageThatIsDeployedIsATargetOfTheDockerfile() throws Exception {
    List<String> targets = found(" AS (\\S+)", Files.readString(ROOT.resolve("docker/Dockerfile")));
    Map<String, Object> values =
        new Yaml().load(Files.readString(Chart.FOLDER.resolve("values.yaml")));
    for (Object repository :
        List.of(
            at(values, "gateway", "repository"),
            at(values, "jobs", "repository"),
            at(values, "inference", "repository"),
            at(values, "inference", "gpu", "repository"))) {
      assertThat(targets).contains(repository.toString().replace("omnimamba/", ""));
    }
    for (String file : List.of("docker-compose.yml", "docker-compose.gpu.yml")) {
      assertThat(targets)
          .containsAll(found("target: (\\S+)", Files.readString(ROOT.resolve(file))));
    }
  }

  @Test
  void versionsAgree() throws Exception {
    Map<String, Object> chart =
        new Yaml().load(Files.readString(Chart.FOLDER.resolve("Chart.yaml")));
    String pom =
        found("<version>([^<]+)</version>", Files.readString(ROOT.resolve("pom.xml"))).get(0);
    String version = pom.replace("-SNAPSHOT", "");
    assertThat(chart.get("version")).isEqualTo(version);
    assertThat(chart.get("appVersion")).isEqualTo(version);
    assertThat(
            found(
                "OMNIMAMBA_VERSION:-([^}]+)", Files.readString(ROOT.resolve("docker-compose.yml"))))
        .isNotEmpty()
        .containsOnly(version);
    assertThat(found("TAG:-([^}]+)", Files.readString(ROOT.resolve("deploy/build-images.sh"))))
        .containsExactly(version);
  }

  private static List<String> found(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult m) -> m.group(1))
        .toList();
  }
}
