package org.omnimamba.gateway.playground;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.FilePayload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.gateway.testing.Gateway;

/** Files of requests on the page: sent, watched, cancelled, fetched. */
class PlaygroundBatchesTest extends PlaygroundPage {
  private static final String EVIL = "<img src=x onerror='window.ran=1'>";

  private final PlaygroundBatches batches = upstreams.batches;

  private static String line(String url) {
    return "{\"custom_id\":\"1\",\"method\":\"POST\",\"url\":\""
        + url
        + "\",\"body\":{\"prompt\":\"a boat\"}}\n";
  }

  private static final String REQUESTS = line("/v1/images/generations");

  private void openBatches(int width, int height, ColorScheme scheme) {
    open(width, height, scheme);
    page.locator("#tab-batches").click();
    assertThat(page.locator("#batches-status")).not().hasText("Batches appear here.");
  }

  private void choose(String name, String content) {
    page.locator("#batch-file").setInputFiles(new FilePayload(name, "", content.getBytes(UTF_8)));
  }

  private void run(String name) {
    choose(name, REQUESTS);
    assertThat(page.locator("#batch-status")).containsText("Ready to run.");
    page.locator("#batch-start").click();
    assertThat(page.locator(".batch")).hasCount(1);
  }

  @Test
  void aDroppedFileIsSentAndItsBatchWatchedToTheEnd() throws Exception {
    openBatches(1200, 900, ColorScheme.LIGHT);
    assertThat(page.locator("#batches-status")).hasText("No batches yet.");
    assertThat(page.locator("#batch-start")).isDisabled();
    page.evaluate(
        "lines => { const data = new DataTransfer();"
            + " data.items.add(new File([lines], 'boats.jsonl'));"
            + " document.getElementById('batch-drop').dispatchEvent("
            + "   new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})); }",
        "\n" + REQUESTS + REQUESTS);
    assertThat(page.locator("#batch-status"))
        .hasText("boats.jsonl: 185 bytes for /v1/images/generations. Ready to run.");
    assertThat(batches.uploaded.get()).as("sent before it was told to").isEmpty();
    page.locator("#batch-start").press("Enter");
    assertThat(page.locator("#batch-status")).hasText("boats.jsonl runs.");
    assertThat(page.locator("#batch-file")).isFocused();
    assertThat(batches.uploaded.get())
        .contains("name=\"purpose\"\r\n\r\nbatch\r\n", "filename=\"boats.jsonl\"")
        .contains("\r\n\r\n\n" + REQUESTS + REQUESTS + "\r\n");
    assertThat(batches.asked.get())
        .isEqualTo(
            "{\"input_file_id\":\"file-new\",\"endpoint\":\"/v1/images/generations\","
                + "\"completion_window\":\"24h\"}");

    Locator batch = page.locator(".batch");
    assertThat(batch.locator(".job-title")).hasText("boats.jsonl");
    assertThat(batch.locator(".badge")).hasText("validating");
    assertThat(batch.locator(".batch-counts")).hasText("Checking the lines.");
    batches.now("in_progress", 11, 1, "");
    assertThat(batch.locator(".batch-counts")).hasText("12 of 20 done, 1 failed.");
    assertThat(batch.locator("progress")).hasJSProperty("value", 0.6);
    shot("batches-light");
    batches.now("finalizing", 19, 1, "");
    assertThat(batch.locator(".badge")).hasText("finalizing");
    assertThat(batch.locator(".batch-cancel")).isHidden();

    batches.file("file-out", "output", "{\"custom_id\":\"1\"}\n");
    batches.file("file-err", "errors", "{\"custom_id\":\"2\"}\n");
    batches.now(
        "completed",
        19,
        1,
        ",\"output_file_id\":\"file-out\",\"error_file_id\":\"file-err\","
            + "\"usage\":{\"input_tokens\":1180,\"output_tokens\":4864}");
    assertThat(page.locator("#batch-status"))
        .hasText("boats.jsonl: completed. 20 of 20 done, 1 failed, 1,180 tokens in, 4,864 out.");
    assertThat(batch.locator("progress")).isHidden();
    assertThat(saved("Download answers of boats.jsonl", "boats-answers.jsonl"))
        .isEqualTo("{\"custom_id\":\"1\"}\n");
    assertThat(saved("Download errors of boats.jsonl", "boats-errors.jsonl"))
        .isEqualTo("{\"custom_id\":\"2\"}\n");
    shot("batches-done-light");
  }

  private String saved(String button, String name) throws Exception {
    Download download = page.waitForDownload(() -> page.getByLabel(button).click());
    assertThat(download.suggestedFilename()).isEqualTo(name);
    return Files.readString(download.path());
  }

  @Test
  void aRefusedFileSaysWhatIsWrongWithWhichLine() {
    openBatches(390, 844, ColorScheme.DARK);
    run("bad.jsonl");
    batches.now(
        "failed",
        0,
        0,
        ",\"errors\":{\"object\":\"list\",\"data\":["
            + "{\"code\":\"invalid_json_line\",\"message\":\"The line is not valid JSON.\","
            + "\"line\":3},"
            + "{\"code\":\"duplicate_custom_id\",\"line\":7,\"param\":\"custom_id\","
            + "\"message\":\"The custom_id '"
            + EVIL
            + "' was used before, in line 2.\"},"
            + "{\"code\":\"empty_file\",\"message\":\"The file has no requests.\"}]}");
    assertThat(page.locator(".line-errors li"))
        .hasText(
            new String[] {
              "Line 3: The line is not valid JSON.",
              "Line 7: The custom_id '" + EVIL + "' was used before, in line 2.",
              "The file has no requests."
            });
    assertThat(page.locator("#batch-status")).hasText("bad.jsonl: failed. Nothing was run.");
    assertNothingRan();
    shot("batches-failed-phone-dark");
    assertThat((Boolean) page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
        .isTrue();
  }

  private void assertNothingRan() {
    assertThat(page.locator("img[src=x]")).hasCount(0);
    assertThat((Boolean) page.evaluate("window.ran === undefined")).isTrue();
  }

  @Test
  void aNameIsOnlyText() {
    openBatches(1200, 900, ColorScheme.LIGHT);
    run(EVIL + ".jsonl");
    assertThat(page.locator(".batch .job-title")).hasText(EVIL + ".jsonl");
    assertNothingRan();
  }

  @Test
  void aCancelledBatchKeepsTheKeyboardInItsRow() {
    openBatches(1200, 900, ColorScheme.LIGHT);
    run("boats.jsonl");
    batches.now("in_progress", 5, 0, "");
    assertThat(page.locator(".batch .badge")).hasText("in progress");
    page.getByLabel("Cancel boats.jsonl").press("Enter");
    assertThat(page.locator(".batch .badge")).hasText("cancelling");
    assertThat(page.locator(".batch")).isFocused();
    batches.now("cancelled", 5, 0, ",\"output_file_id\":\"file-out\"");
    assertThat(page.locator("#batch-status")).hasText("boats.jsonl: cancelled. 5 of 20 done.");
    assertThat(page.getByLabel("Download answers of boats.jsonl")).isVisible();
    assertThat(page.getByLabel("Download errors of boats.jsonl")).isHidden();
  }

  @Test
  void aFileWithoutRequestsIsNotSentAndARefusedOneIsNotKept() {
    openBatches(1200, 900, ColorScheme.LIGHT);
    choose("notes.txt", "dear diary\n{}\n");
    assertThat(page.locator("#batch-status"))
        .containsText("notes.txt does not begin with a request");
    assertThat(page.locator("#batch-start")).isDisabled();
    // Longer than the first look at the file, as a line with a picture is.
    choose("long.jsonl", "x".repeat(100_000) + "\n" + line("/v1/embeddings"));
    assertThat(page.locator("#batch-status")).containsText("for /v1/embeddings");
    batches.refusal = "{\"error\":{\"message\":\"endpoint must be another one.\"}}";
    page.locator("#batch-start").click();
    assertThat(page.locator("#batch-status")).hasText("endpoint must be another one.");
    assertThat(batches.asked.get()).contains("\"endpoint\":\"/v1/embeddings\"");
    assertThat(batches.deleted).containsExactly("file-new");
    assertThat(page.locator("#batch-start")).isEnabled();
    refusals.add("status of 400");
  }

  @Test
  void aStoppedUploadMakesNoBatch() {
    batches.silent = true;
    openBatches(1200, 900, ColorScheme.LIGHT);
    choose("boats.jsonl", REQUESTS);
    page.locator("#batch-start").press("Enter");
    assertThat(page.locator("#batch-status")).hasText("Sending boats.jsonl…");
    assertThat(page.locator("#batch-stop")).isFocused();
    page.keyboard().press("Enter");
    assertThat(page.locator("#batch-status")).hasText("Stopped.");
    assertThat(page.locator("#batch-start")).isFocused();
    assertThat(batches.asked.get()).isEmpty();
  }

  @Test
  void earlierBatchesAreListedAPageAtATime() {
    batches.earlier(12);
    openBatches(1200, 900, ColorScheme.LIGHT);
    assertThat(page.locator(".batch")).hasCount(10);
    assertThat(page.locator(".batch .job-title").first()).hasText("Batch 00000011");
    page.locator("#batches-older").press("Enter");
    assertThat(page.locator(".batch")).hasCount(12);
    assertThat(page.locator("#batches-older")).isHidden();
    assertThat(page.locator("#batches-refresh")).isFocused();
  }

  @Test
  void theExampleIsABatchOfPictures() {
    openBatches(1200, 900, ColorScheme.LIGHT);
    page.locator("#batch-example").click();
    assertThat(page.locator("#batch-status"))
        .hasText(Pattern.compile("example.jsonl: .* for /v1/images/generations. Ready to run."));
    page.locator("#batch-start").click();
    assertThat(page.locator(".batch .job-title")).hasText("example.jsonl");
    assertThat(batches.uploaded.get())
        .contains(
            "{\"custom_id\":\"picture-4\",\"method\":\"POST\",\"url\":\"/v1/images/generations\","
                + "\"body\":{\"model\":\"omnimamba-tiny\",");
  }

  @Test
  void theShownCurlSendsTheFile(@TempDir Path folder) throws Exception {
    openBatches(1200, 900, ColorScheme.LIGHT);
    String name = "it's; \"$HOME\".jsonl";
    Files.writeString(folder.resolve(name), REQUESTS);
    page.locator("#batch-file").setInputFiles(folder.resolve(name));
    assertThat(page.locator("#batch-status")).containsText("Ready to run.");
    page.locator("#batches summary").first().click();
    String first = page.locator("#batch-curl").textContent().split("\n\n")[0];
    ProcessBuilder shell =
        new ProcessBuilder("sh", "-c", first)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output").toFile());
    shell.environment().put("OMNIMAMBA_API_KEY", Gateway.KEY);
    assertThat(shell.start().waitFor()).as(first).isZero();
    assertThat(batches.uploaded.get())
        .contains("name=\"purpose\"\r\n\r\nbatch\r\n", REQUESTS)
        .contains("filename=\"it's; ");
  }
}
