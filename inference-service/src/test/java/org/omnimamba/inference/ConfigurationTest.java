package org.omnimamba.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.model.testing.TinyModel;
import org.springframework.core.NestedExceptionUtils;

/** A wrong setting or a damaged model stops the start and says which and why. */
class ConfigurationTest {

  @ParameterizedTest
  @CsvSource({
    "omnimamba.inference.engine.slots=1, slots",
    "omnimamba.inference.engine.slots=many, slots",
    "omnimamba.inference.engine.prefill-chunk=0, prefillChunk",
    "omnimamba.inference.engine.max-waiting=-1, maxWaiting",
    "omnimamba.inference.engine.tenant-share=0, tenantShare",
    "omnimamba.inference.engine.job-share=1.5, jobShare",
    "omnimamba.shutdown.grace=-1s, grace",
    "omnimamba.inference.pictures.device-slots=-1, deviceSlots",
    "omnimamba.inference.pictures.host-memory=-1B, pictures.hostMemory",
    "omnimamba.inference.limits.json-depth=0, jsonDepth",
    "omnimamba.inference.limits.choices=0, choices",
    "omnimamba.inference.limits.body=0B, limits.body",
    "omnimamba.inference.limits.image=2GB, limits.image",
    "omnimamba.inference.request-timeout=0s, requestTimeout",
    "omnimamba.inference.runtime.storage=F8, storage",
    "omnimamba.internal-token=short, internalToken",
  })
  void aWrongValueIsNamed(String setting, String name) {
    assertThatThrownBy(() -> start(setting))
        .satisfies(
            e ->
                assertThat(chain(e).replace("-", "").toLowerCase(java.util.Locale.ROOT))
                    .contains(name.toLowerCase(java.util.Locale.ROOT)));
  }

  @Test
  void aMissingTokenAndModelAreNamedTogether() {
    assertThatThrownBy(
            () ->
                InferenceServiceApplication.builder()
                    .run("--server.port=0", "--management.server.port=0"))
        .satisfies(
            e ->
                assertThat(chain(e))
                    .contains("omnimamba.internal-token", "omnimamba.inference.model"));
  }

  @Test
  void aDirectoryThatIsNoModelStopsTheStart(@TempDir Path empty) {
    assertThatThrownBy(() -> start("omnimamba.inference.model=" + empty))
        .satisfies(e -> assertThat(root(e)).contains("config.json"));
  }

  @Test
  void damagedWeightsStopTheStart(@TempDir Path directory) throws IOException {
    try (Stream<Path> files = Files.list(TinyModel.directory())) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName().toString()));
      }
    }
    Path weights = directory.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, java.util.Arrays.copyOf(bytes, bytes.length - 1000));
    assertThatThrownBy(() -> start("omnimamba.inference.model=" + directory))
        .satisfies(e -> assertThat(root(e)).contains("model.safetensors"));
  }

  private static void start(String setting) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--omnimamba.internal-token=sixteen-characters",
                "--omnimamba.inference.model=" + TinyModel.directory()));
    String name = setting.substring(0, setting.indexOf('='));
    arguments.removeIf(argument -> argument.startsWith("--" + name + "="));
    arguments.add("--" + setting);
    InferenceServiceApplication.builder().run(arguments.toArray(String[]::new)).close();
  }

  private static String chain(Throwable e) {
    StringBuilder messages = new StringBuilder();
    for (Throwable t = e; t != null; t = t.getCause()) {
      messages.append(t.getMessage()).append('\n');
    }
    return messages.toString();
  }

  private static String root(Throwable e) {
    return String.valueOf(NestedExceptionUtils.getMostSpecificCause(e).getMessage());
  }
}
