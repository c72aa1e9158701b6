package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandaloneOptionsTest {
  private static StandaloneOptions options(Map<String, Object> properties) {
    return new StandaloneOptions(Path.of("model"), 0, "127.0.0.1", properties);
  }

  @Test
  void whatIsSaidOfOneServiceIsForItAloneAndWins() {
    StandaloneOptions options = options(Map.of("a", "all", "gateway:a", "one", "jobs:b", "two"));
    assertThat(options.propertiesOf("gateway")).containsOnly(Map.entry("a", "one"));
    assertThat(options.propertiesOf("jobs"))
        .containsOnly(Map.entry("a", "all"), Map.entry("b", "two"));
    assertThat(options.propertiesOf("inference")).containsOnly(Map.entry("a", "all"));
  }

  @Test
  void aServiceThatDoesNotExistIsNamed() {
    assertThatThrownBy(() -> options(Map.of("gate:a", "x"))).hasMessageContaining("gate:a");
  }
}
