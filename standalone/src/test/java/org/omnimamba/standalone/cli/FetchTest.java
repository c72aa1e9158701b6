package org.omnimamba.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.hub.testing.LoopbackHub;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.OracleFiles;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** From a repository of the released one's shape to a picture and a running platform. */
class FetchTest {
  private static final String SOURCE = "hf:hustvl/OmniMamba";
  private static final Pattern ADDRESS = Pattern.compile("ready at (http://\\S+)");

  @TempDir private Path folder;

  @Test
  void aFetchedModelDrawsWhatTheReferenceDrawsAndIsServedWithoutAHub() throws Exception {
    JsonNode golden = Golden.json("generate-tiny").path("t2i").get(0);
    String picture = folder.resolve("bed.png").toString();
    String model;
    String endpoint;
    try (LoopbackHub hub = new LoopbackHub()) {
      endpoint = hub.endpoint();
      hub.commit(
          "hustvl/OmniMamba",
          Map.of(
              "omnimamba-tiny.pth",
              oracle("omnimamba-tiny.pth"),
              "omnimamba-tiny.json",
              oracle("omnimamba-tiny.json")));
      hub.commit(
          "EleutherAI/gpt-neox-20b", Map.of("tokenizer.json", oracle("tiny-tokenizer.json")));
      Run fetch = run(endpoint, "fetch", SOURCE);
      assertThat(fetch.status).as(fetch.err).isZero();
      model = fetch.out.strip();
      assertThat(fetch.err).contains("omnimamba: ready; next: omnimamba serve --model " + model);

      Run image =
          run(
              endpoint,
              "image",
              golden.path("captions").get(0).stringValue(),
              "-o",
              picture,
              "--model",
              SOURCE,
              "--temperature",
              "0",
              "--json");
      assertThat(image.status).as(image.err).isZero();
      JsonNode json = JsonMapper.shared().readTree(image.out);
      assertThat(json.path("tokens")).isEqualTo(golden.path("generated").get(0));
      assertThat(image.err).contains("loading " + model);
    }
    assertThat(Files.size(Path.of(picture))).isPositive();
    assertServed(endpoint, model);
  }

  private void assertServed(String endpoint, String model) throws Exception {
    Path output = folder.resolve("serve.log");
    Process process =
        process(endpoint, "serve", "--model", SOURCE, "--port", "0")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      await()
          .atMost(Duration.ofMinutes(5))
          .until(() -> !process.isAlive() || ADDRESS.matcher(Files.readString(output)).find());
      Matcher address = ADDRESS.matcher(Files.readString(output));
      assertThat(address.find()).as(Files.readString(output)).isTrue();
      assertThat(Files.readString(output))
          .contains("127.0.0.1 cannot be reached; using " + SOURCE + " as it was last seen");
      HttpResponse<String> models =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(address.group(1) + "/v1/models"))
                      .header(
                          "Authorization",
                          "Bearer " + Files.readString(folder.resolve("home/api-key")).strip())
                      .build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(models.body()).contains("omnimamba-tiny");
      assertThat(Path.of(model)).isDirectory();
    } finally {
      process.destroy();
      if (!process.waitFor(3, TimeUnit.MINUTES)) {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private static byte[] oracle(String name) throws Exception {
    return Files.readAllBytes(OracleFiles.path(name));
  }

  private record Run(int status, String out, String err) {}

  private Run run(String endpoint, String... arguments) throws Exception {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        process(endpoint, arguments)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("it ends").isTrue();
    } finally {
      process.destroyForcibly().waitFor();
    }
    return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private ProcessBuilder process(String endpoint, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx1g");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(OmniMambaCommand.class.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.environment().keySet().removeIf(k -> k.startsWith("HF_"));
    builder.environment().put("HF_ENDPOINT", endpoint);
    builder.environment().put("OMNIMAMBA_HOME", folder.resolve("home").toString());
    return builder;
  }
}
