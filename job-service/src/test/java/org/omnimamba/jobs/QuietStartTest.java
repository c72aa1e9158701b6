package org.omnimamba.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A normal start is no reason to warn: who reads the log looks for what is not normal. */
@ExtendWith(OutputCaptureExtension.class)
class QuietStartTest {
  private static final Pattern WARNING = Pattern.compile("^\\S+ +(WARN|ERROR) ");

  @Test
  void aNormalStartLogsNoWarning(CapturedOutput output) throws Exception {
    try (TestService service = new TestService()) {
      String id = Jobs.submitForId(service.client("quiet"), Jobs.image("first"));
      Jobs.awaitStatus(service.client("quiet"), id, "completed");
      service.client("quiet").get().uri("/v1/jobs/openapi.json").exchange().expectStatus().isOk();
    }
    assertThat(output.getAll()).contains("Started JobServiceApplication");
    assertThat(output.getAll().lines().filter(line -> WARNING.matcher(line).find())).isEmpty();
  }
}
