package org.omnimamba.gateway.playground;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.gateway.testing.Gateway;

/** The page in a real browser. Screenshots are left in {@code target/playground}. */
class PlaygroundTest extends PlaygroundPage {
  @Test
  void aPictureAppearsBitByBit() {
    open(1200, 900, ColorScheme.LIGHT);
    drawTo(0.4);
    Locator picture = page.locator("#pictures img");
    assertThat(picture).isVisible();
    assertThat(picture).hasClass(Pattern.compile("partial"));
    assertThat(picture).hasAttribute("src", Pattern.compile("blob:.*"));
    shot("draw-partial-light");
    finishDrawing();
    assertThat(page.locator("#draw-status")).hasText(Pattern.compile("Done in .*"));
    assertThat(picture).not().hasClass(Pattern.compile("partial"));
    assertThat(picture).hasJSProperty("naturalWidth", 384);
    assertThat(page.getByText("Save")).isVisible();
    assertThat(upstreams.lastBody.get())
        .contains("\"prompt\":\"a red apple on a yellow table\"", "\"partial_images\":3");
    page.locator("#draw-form summary").click();
    assertThat(page.locator("#draw-curl"))
        .containsText("curl -N " + gateway.url() + "/v1/images/generations");
    assertThat(page.locator("#draw-curl").textContent())
        .contains("$OMNIMAMBA_API_KEY")
        .doesNotContain(Gateway.KEY);
    shot("draw-done-light");
  }

  @Test
  void theDarkPage() {
    open(1200, 900, ColorScheme.DARK);
    drawTo(0.7);
    assertThat(page.locator("#pictures img")).isVisible();
    shot("draw-partial-dark");
    finishDrawing();
    assertThat(page.locator("#draw-status")).hasText(Pattern.compile("Done in .*"));
  }

  @Test
  void thePhonePageFitsItsWidth() {
    open(360, 740, ColorScheme.LIGHT);
    drawTo(1);
    finishDrawing();
    assertThat(page.locator("#draw-status")).hasText(Pattern.compile("Done in .*"));
    shot("draw-phone");
    page.locator("#tab-ask").click();
    shot("ask-phone");
    page.locator("#tab-jobs").click();
    assertThat(page.locator(".job")).hasCount(2);
    shot("jobs-phone");
    upstreams.batches.earlier(3);
    page.locator("#tab-batches").click();
    assertThat(page.locator(".batch")).hasCount(3);
    shot("batches-phone");
    for (String tab : List.of("draw", "ask", "jobs", "batches")) {
      page.locator("#tab-" + tab).click();
      assertThat((Boolean) page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
          .as("%s does not scroll sideways", tab)
          .isTrue();
    }
    assertThat(
            (Integer)
                page.evaluate(
                    "[...document.querySelectorAll('button')].filter(b => b.offsetParent &&"
                        + " b.offsetHeight < 44).length"))
        .as("buttons too small for a finger")
        .isZero();
  }

  @Test
  void stoppingEndsTheRequestAtTheService() {
    open(1200, 900, ColorScheme.LIGHT);
    drawTo(0.2);
    page.locator("#draw-stop").click();
    assertThat(page.locator("#draw-status")).hasText("Stopped.");
    org.awaitility.Awaitility.await()
        .atMost(java.time.Duration.ofSeconds(15))
        .until(() -> upstreams.stream.currentSubscriberCount() == 0);
  }

  @Test
  void aDroppedPictureIsAskedAboutAndTheAnswerStreams() {
    open(1200, 900, ColorScheme.LIGHT);
    page.locator("#tab-ask").click();
    page.evaluate(
        "async base64 => {"
            + " const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));"
            + " const data = new DataTransfer();"
            + " data.items.add(new File([bytes], 'it\\'s an apple.png', {type: 'image/png'}));"
            + " document.getElementById('drop').dispatchEvent("
            + "   new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true}));"
            + "}",
        PlaygroundUpstreams.base64(1));
    assertThat(page.locator("#preview")).isVisible();
    page.locator("#question").fill("What is in this picture?");
    page.locator("#ask-form button[type=submit]").click();
    upstreams.chunk("A red ");
    assertThat(page.locator("#answer")).hasText("A red ");
    upstreams.chunk("apple <b>on</b> a table.");
    assertThat(page.locator("#answer")).hasText("A red apple <b>on</b> a table.");
    upstreams.stream.tryEmitNext("data: [DONE]\n\n");
    upstreams.stream.tryEmitComplete();
    assertThat(page.locator("#ask-status")).hasText(Pattern.compile("Done in .*"));
    assertThat(upstreams.lastBody.get())
        .contains("\"url\":\"data:image/png;base64,", "What is in this picture?");
    page.locator("#ask-form summary").click();
    assertThat(page.locator("#ask-curl")).containsText("base64 < 'it'\\''s an apple.png'");
    shot("ask-done-light");
  }

  @Test
  void aChosenFileWorksTooAndOthersAreRefused() {
    open(1200, 900, ColorScheme.DARK);
    page.locator("#tab-ask").click();
    page.locator("#file")
        .setInputFiles(new FilePayload("notes.txt", "text/plain", new byte[] {1, 2, 3}));
    assertThat(page.locator("#ask-status")).containsText("Please choose a PNG");
    page.locator("#file")
        .setInputFiles(new FilePayload("apple.png", "image/png", PlaygroundUpstreams.picture(1)));
    assertThat(page.locator("#preview")).isVisible();
    shot("ask-dark");
    page.locator("#clear-picture").click();
    assertThat(page.locator("#preview")).isHidden();
  }

  @Test
  void jobsShowTheirProgressLive() {
    open(1200, 900, ColorScheme.LIGHT);
    page.locator("#prompt").fill("a boat");
    page.locator("#draw-job").click();
    assertThat(page.locator("#tab-jobs")).hasAttribute("aria-selected", "true");
    assertThat(upstreams.lastBody.get())
        .contains("\"endpoint\":\"/v1/images/generations\"", "\"prompt\":\"a boat\"");
    Locator job = page.locator(".job").first();
    assertThat(job.locator(".job-title")).hasText("a boat");
    assertThat(page.locator(".job").nth(1).locator(".job-title")).hasText("Picture");
    assertThat(job.locator(".badge")).hasText("in progress");
    upstreams.jobEvent("progress", "{\"tokens_done\":128,\"tokens_total\":256}");
    assertThat(job.locator("progress")).hasJSProperty("value", 0.5);
    upstreams.jobEvent(
        "partial_image", "{\"b64_json\":\"" + PlaygroundUpstreams.base64(0.5) + "\"}");
    assertThat(job.locator("img")).isVisible();
    assertThat(page.locator(".job").nth(1).locator("img")).isVisible();
    shot("jobs-light");
    page.getByLabel("Cancel “a boat”").press("Enter");
    assertThat(job.locator(".badge")).hasText("cancelled");
    assertThat(job).isFocused();
  }

  @Test
  void whatAJobAskedIsOnlyText() {
    String evil = "<img src=x onerror='window.ran=1'>";
    upstreams.asked = evil;
    open(1200, 900, ColorScheme.LIGHT);
    page.locator("#tab-jobs").click();
    assertThat(page.locator(".job .job-title").first()).hasText(evil);
    upstreams.jobEvent(
        "partial_image", "{\"b64_json\":\"" + PlaygroundUpstreams.base64(0.5) + "\"}");
    assertThat(page.getByAltText("“" + evil + "” so far")).isVisible();
    assertThat(page.locator("img[src=x]")).hasCount(0);
    assertThat((Boolean) page.evaluate("window.ran === undefined")).isTrue();
  }

  @Test
  void theShownCurlIsCopiedAndAsksTheSame(@TempDir Path folder) throws Exception {
    open(1200, 900, ColorScheme.LIGHT);
    context.grantPermissions(List.of("clipboard-read", "clipboard-write"));
    // A name and a question that a shell would read differently, and more than an argument may
    // have.
    byte[] picture = PlaygroundUpstreams.noise();
    assertThat(picture.length).isGreaterThan(128 * 1024);
    Files.write(folder.resolve("it's $HOME.png"), picture);
    page.locator("#tab-ask").click();
    page.locator("#file").setInputFiles(folder.resolve("it's $HOME.png"));
    page.locator("#question").fill("What's `this`, \\n \"$HOME\"?\nSay it.");
    page.locator("#ask-form button[type=submit]").click();
    upstreams.stream.tryEmitComplete();
    assertThat(page.locator("#ask-status")).hasText(Pattern.compile("Done in .*"));
    assertRuns(folder, "#ask-form", "#ask-curl");

    upstreams.renew();
    page.locator("#tab-draw").click();
    page.locator("#prompt").fill("an apple's `core` for $5");
    page.locator("#draw-form button[type=submit]").click();
    upstreams.stream.tryEmitComplete();
    assertThat(page.locator("#draw-status")).containsText("The stream ended");
    // Without a temperature the model draws at its own.
    assertThat(upstreams.lastBody.get()).doesNotContain("temperature");
    assertRuns(folder, "#draw-form", "#draw-curl");
  }

  /** What the button copies is what is shown, and sends what the page itself has just sent. */
  private void assertRuns(Path folder, String form, String shown) throws Exception {
    String sent = upstreams.lastBody.getAndSet("");
    page.locator(form + " summary").click();
    page.locator("button[data-copies=" + shown.substring(1) + "]").click();
    assertThat(page.locator("button[data-copies=" + shown.substring(1) + "]")).hasText("Copied");
    String copied = (String) page.evaluate("navigator.clipboard.readText()");
    assertThat(copied).isEqualTo(page.locator(shown).textContent());
    upstreams.renew();
    upstreams.stream.tryEmitComplete();
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-c", copied)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile());
    shell.environment().put("OMNIMAMBA_API_KEY", Gateway.KEY);
    assertThat(shell.start().waitFor()).as(copied).isZero();
    assertThat(upstreams.lastBody.get()).isEqualTo(sent);
  }

  @Test
  void errorsAreShownAndTheKeyStaysInThisTab() {
    open(1200, 900, ColorScheme.LIGHT);
    assertThat((String) page.evaluate("sessionStorage.getItem('omnimamba.key')"))
        .isEqualTo(Gateway.KEY);
    assertThat((Integer) page.evaluate("localStorage.length")).isZero();
    page.reload();
    assertThat(page.locator("#model")).hasText("omnimamba-tiny");

    page.locator("#tab-jobs").click();
    assertThat(page.locator("#job-list .job")).hasCount(2);
    page.getByLabel("API key").fill("om_wrong");
    page.getByText("Use key").click();
    assertThat(page.locator("#notice")).hasText("This key is not valid.");
    // the jobs of the key before are gone
    assertThat(page.locator("#job-list .job")).hasCount(0);
    refusals.add("status of 401");
  }

  @Test
  void theBrowserRunsNothingButThePagesOwnScripts() throws Exception {
    open(1200, 900, ColorScheme.LIGHT);
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.x = 1';"
            + " document.body.append(s); }");
    assertThat((Boolean) page.evaluate("window.x === undefined")).isTrue();
    assertThat(complaints).isNotEmpty().allMatch(text -> text.contains("Content Security Policy"));
    complaints.clear();
    HttpResponse<String> answer =
        gateway.send(HttpRequest.newBuilder(java.net.URI.create(gateway.url() + "/")));
    assertThat(answer.headers().firstValue("content-security-policy"))
        .contains(PlaygroundRoutes.POLICY);
    for (String hidden : List.of("PlaygroundRoutes.class", "package-info.class", "page/app.js")) {
      assertThat(
              gateway
                  .send(
                      HttpRequest.newBuilder(
                          java.net.URI.create(gateway.url() + "/playground/" + hidden)))
                  .statusCode())
          .isEqualTo(404);
    }
  }
}
