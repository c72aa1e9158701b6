package org.omnimamba.jobs.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.jobs.JobServiceApplication;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.web.internal.InternalTokenProperties;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.validation.autoconfigure.ValidationAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/** A wrong value stops the start with its name and reason. */
class ConfigurationTest {
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
          .withUserConfiguration(Properties.class)
          .withPropertyValues("omnimamba.internal-token=" + TestService.TOKEN);

  @Configuration(proxyBeanMethods = false)
  @EnableConfigurationProperties({JobsProperties.class, InternalTokenProperties.class})
  static class Properties {}

  @Test
  void nothingButTheTokenIsNeeded() {
    runner.run(
        context -> {
          JobsProperties properties = context.getBean(JobsProperties.class);
          assertThat(properties.queue().lease()).hasSeconds(30);
          assertThat(properties.webhooks().enabled()).isFalse();
          assertThat(properties.webhooks().timeout()).hasSeconds(15);
          assertThat(properties.webhooks().allowedPorts()).containsExactly(443);
          assertThat(properties.webhooks().developmentHosts()).isEmpty();
          assertThat(properties.webhooks().allowedNetworks()).isEmpty();
          assertThat(properties.webhooks().allowHttp()).isFalse();
          assertThat(properties.webhooks().proxy()).isNull();
        });
  }

  @Test
  void withoutATokenThereIsNoStart() {
    new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
        .withUserConfiguration(Properties.class)
        .run(context -> assertThat(context).hasFailed());
  }

  @ParameterizedTest
  @CsvSource({
    "omnimamba.internal-token, short, internalToken",
    "omnimamba.jobs.worker.concurrency, 0, concurrency",
    "omnimamba.jobs.queue.lease, 1ms, lease",
    "omnimamba.jobs.queue.max-attempts, 0, maxAttempts",
    "omnimamba.jobs.api.max-json-depth, 1, maxJsonDepth",
    "omnimamba.jobs.api.max-wait, 1d, maxWait",
    "omnimamba.jobs.webhooks.secret-key, c2hvcnQ=, secret-key",
    "omnimamba.jobs.webhooks.secret-key, not base64, secret-key",
    "omnimamba.jobs.webhooks.allowed-ports, 70000, allowedPorts",
    "omnimamba.jobs.webhooks.allowed-networks, http://hooks, allowedNetworks",
    "omnimamba.jobs.webhooks.allowed-networks, 'hooks, a b', allowedNetworks",
    "omnimamba.jobs.webhooks.proxy.url, https://proxy:3128, url must be http://host:port",
    "omnimamba.jobs.webhooks.proxy.url, http://proxy, url must be http://host:port",
    "omnimamba.jobs.webhooks.proxy.username, ada, proxy",
    "omnimamba.jobs.api.max-downloads, 0, maxDownloads",
    "omnimamba.jobs.results.store, S3, omnimamba.jobs.results.s3",
    "omnimamba.jobs.results.store, tape, store",
    "omnimamba.jobs.inference-url, http://[, inference-url"
  })
  void aWrongValueStopsTheStart(String name, String value, String told) {
    runner
        .withPropertyValues(name + "=" + value)
        .run(
            context -> {
              assertThat(context).hasFailed();
              StringBuilder messages = new StringBuilder();
              for (Throwable t = context.getStartupFailure(); t != null; t = t.getCause()) {
                messages.append(t.getMessage()).append('\n');
              }
              assertThat(messages.toString()).contains(told);
            });
  }

  @Test
  void secretsDoNotPrintThemselves() {
    runner
        .withPropertyValues("omnimamba.jobs.webhooks.secret-key=" + TestService.SECRET_KEY)
        .run(
            context ->
                assertThat(
                        context.getBean(JobsProperties.class).toString()
                            + context.getBean(InternalTokenProperties.class))
                    .doesNotContain(TestService.SECRET_KEY, TestService.TOKEN));
  }

  @Test
  void aStartWithWrongSettingsNamesThemAllAndShowsNoSecret() {
    assertThatThrownBy(
            () ->
                JobServiceApplication.builder()
                    .run(
                        "--server.port=0",
                        "--omnimamba.jobs.webhooks.secret-key=a-secret",
                        "--omnimamba.jobs.api.max-wait=1d"))
        .hasMessageContainingAll(
            "OMNIMAMBA_INTERNALTOKEN", "secret-key", "omnimamba.jobs.api.max-wait")
        .satisfies(failure -> assertThat(failure.getMessage()).doesNotContain("a-secret"));
  }
}
