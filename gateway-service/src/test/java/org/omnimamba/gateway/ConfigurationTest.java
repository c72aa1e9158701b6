package org.omnimamba.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong setting stops the start and says which one it was. */
class ConfigurationTest {
  private static final List<String> GOOD =
      List.of(
          "--server.port=0",
          "--management.server.port=0",
          "--omnimamba.internal-token=internal-token-for-tests",
          "--omnimamba.gateway.inference-urls=http://127.0.0.1:1",
          "--omnimamba.gateway.jobs-url=http://127.0.0.1:1");

  private static String failureOf(String... settings) {
    List<String> all = new ArrayList<>(GOOD);
    all.addAll(Arrays.asList(settings));
    try (var context =
        GatewayServiceApplication.builder().run(all.toArray(String[]::new))) {
      return "started";
    } catch (RuntimeException failure) {
      StringBuilder text = new StringBuilder();
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        text.append(cause).append('\n');
      }
      return text.toString();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "omnimamba.internal-token=short|internalToken",
        "omnimamba.gateway.inference-urls=|inferenceUrls",
        "omnimamba.gateway.inference-urls=ftp://a|addresses",
        "omnimamba.gateway.jobs-url=http://a/with/path|addresses",
        "omnimamba.gateway.api-key=short|apiKey",
        "omnimamba.gateway.body.max-size=0B|max-size",
        "omnimamba.gateway.body.memory=1MB|memory",
        "omnimamba.gateway.limits.everyone.requests-per-minute=0|requestsPerMinute",
        "omnimamba.gateway.limits.redis.url=redis://a --omnimamba.gateway.limits.redis.local-share=2|local-share",
        "omnimamba.gateway.routing.attempts=0|attempts",
        "omnimamba.gateway.routing.probe-path=readyz|probePath",
        "omnimamba.gateway.keys.cached-for=0s|cached-for",
        "omnimamba.gateway.streaming.longest-silence=soon|longest-silence",
        "spring.r2dbc.url=r2dbc:mysql://a/b|postgresql",
      })
  void aWrongValueStopsTheStart(String settings, String named) {
    String[] arguments =
        Arrays.stream(settings.split(" "))
            .map(setting -> setting.startsWith("--") ? setting : "--" + setting)
            .toArray(String[]::new);
    assertThat(failureOf(arguments)).contains(named);
  }

  @Test
  void theRightValuesStart() {
    assertThat(failureOf()).isEqualTo("started");
  }
}
