package org.omnimamba.web.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.validation.annotation.Validated;

/** What a person sees whose settings are wrong. */
@ExtendWith(OutputCaptureExtension.class)
class SettingsCheckTest {
  @Validated
  @ConfigurationProperties("sample")
  record Settings(
      @NotNull URI jobsUrl, @Size(min = 16) String apiKey, @Valid @DefaultValue Nested nested) {

    @AssertTrue(message = "jobs-url must be plain")
    boolean isPlain() {
      return jobsUrl == null || !jobsUrl.toString().endsWith("/path");
    }
  }

  record Nested(
      @Min(1) @DefaultValue("4") int maxWaiting, @NotNull @DefaultValue("5s") Duration timeout) {}

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @EnableConfigurationProperties(Settings.class)
  static class Application {}

  @Test
  void whatIsMissingIsToldAtOnceWithoutAStackTrace(CapturedOutput output) {
    assertThatThrownBy(SettingsCheckTest::start)
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContainingAll(
            "sample.jobs-url (environment: SAMPLE_JOBSURL): is missing",
            "omnimamba.internal-token (environment: OMNIMAMBA_INTERNALTOKEN): is missing");
    assertThat(output)
        .contains("APPLICATION FAILED TO START", "SAMPLE_JOBSURL", "OMNIMAMBA_INTERNALTOKEN")
        .doesNotContain("\tat ");
  }

  @Test
  void whatIsWrongIsToldAtOnceAndSecretsAreNotShown(CapturedOutput output) {
    assertThatThrownBy(
            () ->
                start(
                    "sample.jobs-url=http://host/path",
                    "sample.api-key=secret-abc",
                    "sample.nested.max-waiting=0",
                    "sample.nested.timeout=soon",
                    "omnimamba.internal-token=secret-def",
                    "omnimamba.previous-internal-tokens=secret-ghi"))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContainingAll(
            "sample (environment: SAMPLE): jobs-url must be plain",
            "sample.api-key (environment: SAMPLE_APIKEY)",
            "sample.nested.max-waiting (environment: SAMPLE_NESTED_MAXWAITING)",
            ", is '0'",
            "sample.nested.timeout (environment: SAMPLE_NESTED_TIMEOUT): the value cannot be read",
            "omnimamba.internal-token (environment: OMNIMAMBA_INTERNALTOKEN)",
            "omnimamba.previous-internal-tokens[0] (environment:"
                + " OMNIMAMBA_PREVIOUSINTERNALTOKENS_0)");
    assertThat(output).doesNotContain("secret-").doesNotContain("\tat ");
  }

  @Test
  void rightSettingsStart() {
    start("sample.jobs-url=http://host", "omnimamba.internal-token=a-token-of-sixteen").close();
  }

  private static org.springframework.context.ConfigurableApplicationContext start(
      String... settings) {
    return new SpringApplicationBuilder(Application.class)
        .web(WebApplicationType.REACTIVE)
        .run(
            java.util.stream.Stream.concat(
                    java.util.stream.Stream.of("server.port=0", "management.server.port=0"),
                    Arrays.stream(settings))
                .map("--"::concat)
                .toArray(String[]::new));
  }
}
