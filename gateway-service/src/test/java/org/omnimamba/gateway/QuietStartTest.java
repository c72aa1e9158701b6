package org.omnimamba.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.omnimamba.gateway.testing.Database;
import org.omnimamba.gateway.testing.Gateway;
import org.omnimamba.gateway.testing.Upstream;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A normal start is no reason to warn: who reads the log looks for what is not normal. */
@ExtendWith(OutputCaptureExtension.class)
class QuietStartTest {
  private static final Pattern WARNING = Pattern.compile("^\\S+ +(WARN|ERROR) ");

  @Test
  void aNormalStartLogsNoWarning(CapturedOutput output) throws Exception {
    try (Upstream upstream =
            Upstream.start(
                routes ->
                    routes
                        .get("/readyz", (request, response) -> response.send())
                        .get("/v1/models", (request, response) -> response.send()));
        Gateway gateway =
            Gateway.start(upstream.url(), upstream.url(), Database.create().settings())) {
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> gateway.get("/v1/models").statusCode() == 200);
    }
    assertThat(output.getAll()).contains("Started GatewayServiceApplication");
    assertThat(output.getAll().lines().filter(line -> WARNING.matcher(line).find())).isEmpty();
  }
}
