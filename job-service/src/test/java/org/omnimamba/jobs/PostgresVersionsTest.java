package org.omnimamba.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.omnimamba.queue.testing.OtherVersion;
import org.omnimamba.queue.testing.PostgresVersion;

/** The service behaves alike on all supported versions; all other tests run on the newest. */
class PostgresVersionsTest {
  @ParameterizedTest
  @EnumSource(names = {"V16", "V17"})
  void theServiceWorksOn(PostgresVersion version) throws Exception {
    long passed =
        OtherVersion.run(
            version,
            "org.omnimamba.jobs.web.JobsApiTest",
            "org.omnimamba.jobs.web.JobEventsTest",
            "org.omnimamba.jobs.web.RedriveTest",
            "org.omnimamba.jobs.webhook.WebhookEndpointsTest",
            "org.omnimamba.jobs.webhook.WebhooksTest");
    assertThat(passed).isGreaterThan(20);
  }
}
