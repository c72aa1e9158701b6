package org.omnimamba.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerationDefaultsTest {
  @TempDir Path directory;

  @Test
  void withoutAFileTheyAreTheReferences() {
    assertThat(GenerationDefaults.read(directory)).isEqualTo(GenerationDefaults.REFERENCE);
    assertThat(GenerationDefaults.REFERENCE.imageTemperature()).isEqualTo(1);
  }

  @Test
  void readsTheTemperatureOfPictures() throws IOException {
    write("{\"t2i\": {\"temperature\": 0.3}}");
    assertThat(GenerationDefaults.read(directory).imageTemperature()).isEqualTo(0.3f);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                          | t2i is missing
          {"t2i": {}}                                 | t2i.temperature is missing
          {"t2i": {"temperature": "hot"}}             | t2i.temperature is "hot"
          {"t2i": {"temperature": 3}}                 | t2i.temperature is 3.0, not between 0 and 2
          {"t2i": {"temperature": 1, "top": 2}}       | t2i.top is unknown
          {"t2i": {"temperature": 1}, "mmu": {}}      | mmu is unknown
          """)
  void aWrongFileIsNamedWithWhatIsWrong(String json, String reason) throws IOException {
    write(json);
    assertThatThrownBy(() -> GenerationDefaults.read(directory))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining(GenerationDefaults.FILE)
        .hasMessageContaining(reason);
  }

  private void write(String json) throws IOException {
    Files.writeString(directory.resolve(GenerationDefaults.FILE), json);
  }
}
