package org.omnimamba.gateway.playground;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CopyOnWriteArraySet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.omnimamba.gateway.testing.Gateway;

/** The page in a real browser, before a real gateway with services that a test plays. */
abstract class PlaygroundPage {
  private static final Path SHOTS = Path.of("target", "playground");
  private static final List<String> ARGUMENTS =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync");

  static PlaygroundUpstreams upstreams;
  static Gateway gateway;
  static Playwright playwright;
  static Browser browser;

  final List<String> complaints = new CopyOnWriteArrayList<>();

  /** Statuses whose refusals a test asks for; the browser itself reports them, some late. */
  final Set<String> refusals = new CopyOnWriteArraySet<>();

  BrowserContext context;
  Page page;

  @BeforeAll
  static void start() throws Exception {
    Path chromium =
        Path.of(System.getenv().getOrDefault("OMNIMAMBA_CHROMIUM", "/usr/bin/chromium"));
    assertThat(Files.isExecutable(chromium))
        .as(
            "Chromium is needed at %s (Debian: apt-get install chromium), or where"
                + " OMNIMAMBA_CHROMIUM says",
            chromium)
        .isTrue();
    // pages poll, and machines are busy: the condition ends the waiting, not this time
    PlaywrightAssertions.setDefaultAssertionTimeout(60_000);
    upstreams = new PlaygroundUpstreams();
    gateway = Gateway.start(upstreams.inference.url(), upstreams.jobs.url());
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(new BrowserType.LaunchOptions().setExecutablePath(chromium).setArgs(ARGUMENTS));
    Files.createDirectories(SHOTS);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
      playwright.close();
    }
    if (gateway != null) {
      gateway.close();
      upstreams.close();
    }
  }

  @BeforeEach
  void renew() {
    upstreams.renew();
  }

  @AfterEach
  void quiet() {
    context.close();
    assertThat(complaints)
        .as("complaints of the browser")
        .allMatch(complaint -> refusals.stream().anyMatch(complaint::contains));
  }

  void open(int width, int height, ColorScheme scheme) {
    open(gateway, width, height, scheme);
  }

  void open(Gateway gateway, int width, int height, ColorScheme scheme) {
    context =
        browser.newContext(
            new Browser.NewContextOptions().setViewportSize(width, height).setColorScheme(scheme));
    context.setDefaultTimeout(60_000);
    page = context.newPage();
    page.onConsoleMessage(
        message -> {
          // A gateway without a database tells no usage: the page is silent, the browser is not.
          if ((message.type().equals("error") || message.type().equals("warning"))
              && !message.location().contains("/v1/usage")) {
            complaints.add(message.text());
          }
        });
    page.onPageError(complaints::add);
    page.navigate(gateway.url() + "/");
    page.getByLabel("API key").fill(Gateway.KEY);
    page.getByText("Use key").click();
    assertThat(page.locator("#model")).hasText("omnimamba-tiny");
  }

  void shot(String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(SHOTS.resolve(name + ".png")).setFullPage(true));
  }

  void drawTo(double part) {
    page.locator("#prompt").fill("a red apple on a yellow table");
    page.locator("#draw-form button[type=submit]").click();
    upstreams.emit("image_generation.progress", "\"tokens_done\":96,\"tokens_total\":256");
    assertThat(page.locator("#draw-status")).hasText("96 of 256 tokens");
    upstreams.emit(
        "image_generation.partial_image",
        "\"partial_image_index\":0,\"b64_json\":\"" + PlaygroundUpstreams.base64(part) + "\"");
  }

  void finishDrawing() {
    upstreams.emit(
        "image_generation.completed",
        "\"size\":\"384x384\",\"output_format\":\"png\",\"b64_json\":\""
            + PlaygroundUpstreams.base64(1)
            + "\"");
    upstreams.stream.tryEmitComplete();
  }
}
