package org.omnimamba.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/** A wrong setting stops the start and says which one it was. */
class ConfigurationTest {
  private final ApplicationContextRunner settings =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
          .withUserConfiguration(Settings.class)
          .withPropertyValues(
              "omnimamba.internal-token=internal-token-for-tests",
              "omnimamba.gateway.inference-urls=http://127.0.0.1:1",
              "omnimamba.gateway.jobs-url=http://127.0.0.1:1");

  /** All settings of the gateway, and nothing that would use them. */
  @Configuration(proxyBeanMethods = false)
  @ConfigurationPropertiesScan("org.omnimamba.gateway")
  static class Settings {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "omnimamba.gateway.inference-urls=|inferenceUrls",
        "omnimamba.gateway.inference-urls=ftp://a|addresses",
        "omnimamba.gateway.jobs-url=http://a/with/path|addresses",
        "omnimamba.gateway.api-key=short|apiKey",
        "omnimamba.gateway.body.max-size=0B|max-size",
        "omnimamba.gateway.body.memory=1MB|memory",
        "omnimamba.gateway.limits.everyone.requests-per-minute=0|requestsPerMinute",
        "omnimamba.gateway.limits.redis.url=redis://a omnimamba.gateway.limits.redis.local-share=2|local-share",
        "omnimamba.gateway.routing.attempts=0|attempts",
        "omnimamba.gateway.routing.probe-path=readyz|probePath",
        "omnimamba.gateway.keys.cached-for=0s|cached-for",
        "omnimamba.gateway.mcp.allowed-origins=https://a.example/|allowed-origins",
        "omnimamba.gateway.mcp.allowed-origins=*|allowed-origins",
        "omnimamba.gateway.streaming.longest-silence=soon|longest-silence",
      })
  void aWrongValueStopsTheStart(String wrong, String named) {
    settings
        .withPropertyValues(Arrays.stream(wrong.split(" ")).toArray(String[]::new))
        .run(
            context -> {
              StringBuilder reasons = new StringBuilder();
              for (Throwable cause = context.getStartupFailure();
                  cause != null;
                  cause = cause.getCause()) {
                reasons.append(cause).append('\n');
              }
              assertThat(reasons).contains(named);
            });
  }

  @Test
  void theRightValuesStart() {
    settings.run(context -> assertThat(context.getStartupFailure()).isNull());
  }

  @Test
  void aStartWithNoSettingsNamesAllThatAreMissing() {
    assertThatThrownBy(() -> GatewayServiceApplication.builder().run("--server.port=0"))
        .hasMessageContainingAll(
            "OMNIMAMBA_INTERNALTOKEN",
            "OMNIMAMBA_GATEWAY_INFERENCEURLS",
            "OMNIMAMBA_GATEWAY_JOBSURL");
  }

  @Test
  void aStartWithWrongSettingsNamesThemAllAndShowsNoSecret() {
    assertThatThrownBy(
            () ->
                GatewayServiceApplication.builder()
                    .run(
                        "--server.port=0",
                        "--omnimamba.internal-token=secret-1",
                        "--omnimamba.gateway.api-key=secret-2",
                        "--omnimamba.gateway.inference-urls=http://a",
                        "--omnimamba.gateway.routing.attempts=0",
                        "--omnimamba.gateway.limits.everyone.tokens-per-minute=6e+06"))
        .hasMessageContainingAll(
            "omnimamba.internal-token",
            "omnimamba.gateway.api-key",
            "omnimamba.gateway.jobs-url",
            "omnimamba.gateway.routing.attempts",
            "omnimamba.gateway.limits.everyone.tokens-per-minute",
            "6e+06")
        .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain("secret-"));
  }
}
