package org.omnimamba.standalone.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.standalone.Command;
import org.yaml.snakeyaml.Yaml;

/** The chart's alerts, evaluated by Prometheus' own tool on made-up series. */
class AlertsTest {
  private static final String SERIES = "alerts.test.yml";

  @TempDir static Path folder;

  @BeforeAll
  static void render() throws Exception {
    Object rules = Chart.render(Chart.SCALED).get("PrometheusRule/omni").get("spec");
    Files.writeString(folder.resolve("rules.yml"), new Yaml().dump(rules));
    Files.copy(Path.of("src/test/resources/alerts", SERIES), folder.resolve(SERIES));
  }

  @Test
  void prometheusTakesTheRules() throws Exception {
    promtool("check", "rules", "rules.yml");
  }

  @Test
  void eachAlertFiresWhenItShouldAndNoneWhenAllIsWell() throws Exception {
    promtool("test", "rules", SERIES);
  }

  @Test
  void thereIsATestOfEveryAlert() throws Exception {
    assertThat(found("alertname=\"(\\w+)\",alertstate=\"firing\"", read(SERIES)))
        .isEqualTo(found("alert: (\\w+)", read("rules.yml")));
  }

  private static void promtool(String... arguments) throws Exception {
    assumeTrue(
        isOnThePath("promtool"), "promtool, which comes with Prometheus (.ci/run installs it)");
    String[] command = new String[arguments.length + 1];
    command[0] = "promtool";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Command.run(folder, command).assertSuccess();
  }

  private static boolean isOnThePath(String program) {
    return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
  }

  private static String read(String file) throws Exception {
    return Files.readString(folder.resolve(file));
  }

  private static TreeSet<String> found(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult match) -> match.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
