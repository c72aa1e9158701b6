package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A normal start is no reason to warn: who reads the log looks for what is not normal. */
@ExtendWith(OutputCaptureExtension.class)
class QuietStartTest {
  private static final Pattern WARNING = Pattern.compile("^\\S+ +(WARN|ERROR) ");

  @Test
  void aNormalStartLogsNoWarning(CapturedOutput output) throws Exception {
    try (TestServer server = TestServer.start().awaitReady()) {
      assertThat(server.get("/v1/models").statusCode()).isEqualTo(200);
      assertThat(server.get("/v3/api-docs").statusCode()).isEqualTo(200);
    }
    assertThat(output.getAll()).contains("Started InferenceServiceApplication");
    assertThat(output.getAll().lines().filter(line -> WARNING.matcher(line).find())).isEmpty();
  }
}
