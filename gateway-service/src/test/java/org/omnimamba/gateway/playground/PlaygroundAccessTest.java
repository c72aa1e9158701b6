package org.omnimamba.gateway.playground;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.ColorScheme;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page for those who see little or use no mouse. */
class PlaygroundAccessTest extends PlaygroundPage {
  @ParameterizedTest
  @EnumSource(
      value = ColorScheme.class,
      names = {"LIGHT", "DARK"})
  void textStandsOutFromItsBackground(ColorScheme scheme) {
    open(1200, 900, scheme);
    upstreams.batches.now(
        "failed", 0, 0, ",\"errors\":{\"data\":[{\"line\":3,\"message\":\"Not JSON.\"}]}");
    for (String tab : List.of("draw", "ask", "jobs", "batches")) {
      page.locator("#tab-" + tab).click();
      page.locator("#" + tab + " .curl summary").click();
      if (tab.equals("jobs")) {
        assertThat(page.locator("#job-list .job")).hasCount(2);
      } else if (tab.equals("batches")) {
        assertThat(page.locator(".line-errors li")).isVisible();
      }
      assertThat((List<?>) page.evaluate(FAINT_TEXT)).as("%s in %s", tab, scheme).isEmpty();
    }
  }

  /** Visible text with a contrast below WCAG's 4.5; what is disabled is exempt there too. */
  private static final String FAINT_TEXT =
      """
      () => {
        const parse = (text) => text.match(/[\\d.]+/g).map(Number);
        const light = ([r, g, b]) => {
          const [x, y, z] = [r, g, b].map((c) => c / 255)
            .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
          return 0.2126 * x + 0.7152 * y + 0.0722 * z;
        };
        const ground = (element) => {
          for (let each = element; each; each = each.parentElement) {
            const color = parse(getComputedStyle(each).backgroundColor);
            if (color.length === 3 || color[3] === 1) return color;
          }
          return [255, 255, 255];
        };
        const ratio = (element) => {
          const a = light(parse(getComputedStyle(element).color));
          const b = light(ground(element));
          return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        };
        const hasText = (element) =>
          [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        return [...document.body.querySelectorAll('*')]
          .filter((element) => element.checkVisibility() && !element.disabled && hasText(element))
          .filter((element) => ratio(element) < 4.5)
          .map((element) => `${element.tagName} ${element.textContent.trim()}: ${ratio(element)}`);
      }
      """;

  @Test
  void theTabKeyGoesFromTopToBottom() {
    open(1200, 900, ColorScheme.LIGHT);
    page.reload();
    assertThat(page.locator("#model")).hasText("omnimamba-tiny");
    List<String> reached = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      page.keyboard().press("Tab");
      reached.add(
          (String)
              page.evaluate(
                  "document.activeElement.id || document.activeElement.textContent.trim()"));
    }
    assertThat(reached)
        .containsExactly(
            "Skip to the playground",
            "key",
            "Use key",
            "tab-draw",
            "prompt",
            "draw-seed",
            "draw-temperature",
            "draw-count",
            "Draw",
            "draw-job",
            "The same with curl");
    page.keyboard().press("Enter");
    page.keyboard().press("Tab");
    page.keyboard().press("Tab");
    assertThat(page.locator("button[data-copies=draw-curl]")).isFocused();
  }

  @Test
  void everythingCanBeReachedWithTheKeyboard() {
    open(1200, 900, ColorScheme.LIGHT);
    page.locator("#tab-draw").focus();
    page.keyboard().press("ArrowRight");
    assertThat(page.locator("#ask")).isVisible();
    assertThat(page.locator("#tab-ask")).isFocused();
    page.keyboard().press("ArrowRight");
    assertThat(page.locator("#jobs")).isVisible();
    page.keyboard().press("End");
    assertThat(page.locator("#batches")).isVisible();
    page.keyboard().press("ArrowRight");
    assertThat(page.locator("#draw")).isVisible();
    page.keyboard().press("Tab");
    page.keyboard().press("Tab");
    page.locator("#prompt").focus();
    page.keyboard().type("a boat");
    page.keyboard().press("Tab");
    assertThat(page.locator("#draw-seed")).isFocused();
    page.keyboard().press("Enter");
    upstreams.emit("image_generation.progress", "\"tokens_done\":1,\"tokens_total\":256");
    assertThat(page.locator("#draw-status")).hasText("1 of 256 tokens");
    @SuppressWarnings("unchecked")
    List<String> unnamed =
        (List<String>)
            page.evaluate(
                "[...document.querySelectorAll('input, textarea, select')]"
                    + ".filter(field => !field.labels.length && !field.ariaLabel)"
                    + ".map(field => field.id)");
    assertThat(unnamed).as("fields without a label").isEmpty();
  }
}
