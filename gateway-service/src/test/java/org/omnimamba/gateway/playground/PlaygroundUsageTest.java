package org.omnimamba.gateway.playground;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.ColorScheme;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.omnimamba.gateway.testing.Database;
import org.omnimamba.gateway.testing.Gateway;

/** The line that says what the day has used. */
class PlaygroundUsageTest extends PlaygroundPage {
  @Test
  void theDaysUsageIsShown() throws Exception {
    try (Gateway keeping =
        Gateway.start(
            upstreams.inference.url(), upstreams.jobs.url(), Database.create().settings())) {
      open(keeping, 1200, 900, ColorScheme.LIGHT);
      assertThat(page.locator("#usage"))
          .hasText("Today: 0 requests, 0 pictures, 0 tokens in, 0 out");
      page.locator("#tab-ask").click();
      page.locator("#question").fill("why?");
      page.locator("#ask-form button[type=submit]").click();
      upstreams.chunk("So.");
      upstreams.usage(1200, 5, 34);
      upstreams.stream.tryEmitNext("data: [DONE]\n\n");
      upstreams.stream.tryEmitComplete();
      assertThat(page.locator("#answer")).hasText("So.");
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> keeping.get("/v1/usage").body().contains("\"requests\":1"));
      page.reload();
      assertThat(page.locator("#usage"))
          .hasText("Today: 1 request, 0 pictures, 1,200 tokens in (5 cached), 34 out");
      shot("usage-light");
      page.setViewportSize(390, 844);
      shot("usage-phone");
      assertThat((Boolean) page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
          .isTrue();
      context.close();
    }
  }

  @Test
  void whereNoneIsKeptNothingIsSaid() {
    open(1200, 900, ColorScheme.LIGHT);
    Response answer = page.waitForResponse("**/v1/usage", () -> page.reload());
    assertThat(answer.status()).isEqualTo(501);
    assertThat(page.locator("#model")).hasText("omnimamba-tiny");
    assertThat(page.locator("#usage")).isHidden();
  }
}
