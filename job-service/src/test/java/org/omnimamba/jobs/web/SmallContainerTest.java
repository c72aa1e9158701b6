package org.omnimamba.jobs.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.jobs.JobServiceApplication;
import org.omnimamba.queue.testing.TestDatabase;
import org.omnimamba.web.testing.SmallProcess;

/** Large jobs at once do not end a job-service with 768 MiB. */
class SmallContainerTest {
  private static final String TOKEN = "a-token-for-large-bodies";

  @Test
  void largeJobsAtOnceAreAcceptedOrRefused(@TempDir Path folder) throws Exception {
    byte[] body =
        ("{\"endpoint\":\"/v1/chat/completions\",\"body\":{\"messages\":[{\"role\":\"user\","
                + "\"content\":\""
                + "x".repeat(15_000_000)
                + "\"}]}}")
            .getBytes(US_ASCII);
    try (TestDatabase database = TestDatabase.empty();
        SmallProcess jobs =
            SmallProcess.start(
                JobServiceApplication.class,
                folder,
                "omnimamba.internal-token=" + TOKEN,
                "omnimamba.jobs.worker.enabled=false",
                "spring.r2dbc.url=" + database.r2dbcUrl(),
                "spring.r2dbc.username=" + database.username(),
                "spring.r2dbc.password=" + database.password(),
                "spring.flyway.url=" + database.jdbcUrl(),
                "spring.flyway.user=" + database.username(),
                "spring.flyway.password=" + database.password())) {
      for (int round = 0; round < 2; round++) {
        List<Integer> statuses =
            jobs.post(16, "/v1/jobs", body, "X-OmniMamba-Internal-Token", TOKEN);
        assertThat(statuses).as(jobs.log()).isSubsetOf(202, 503);
      }
      assertThat(jobs.post(1, "/v1/jobs", body, "X-OmniMamba-Internal-Token", TOKEN))
          .containsExactly(202);
      assertThat(jobs.isAlive()).isTrue();
      assertThat(jobs.peakBytes()).isLessThan(SmallProcess.CONTAINER_BYTES);
      assertThat(jobs.log())
          .doesNotContain("OutOfMemory", "OutOfDirectMemory", "IllegalReferenceCount");
      System.out.println("peak of job-service: " + (jobs.peakBytes() >> 20) + " MiB");
    }
  }
}
