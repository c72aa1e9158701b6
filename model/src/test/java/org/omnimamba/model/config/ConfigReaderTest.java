package org.omnimamba.model.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.OracleFiles;
import tools.jackson.databind.node.ObjectNode;

class ConfigReaderTest {
  @TempDir Path directory;

  @Test
  void readsWhatWasWritten() throws IOException {
    for (ModelConfig config :
        List.of(
            ModelPresets.omniMamba1_3B(),
            ModelPresets.omniMambaL(),
            ConfigReader.readReference(OracleFiles.path("omnimamba-tiny.json"), "tiny"))) {
      Path file = directory.resolve(config.name() + ".json");
      ConfigWriter.write(file, config);
      assertThat(ConfigReader.read(file)).isEqualTo(config);
      assertThat(ConfigReader.readReference(file, "other")).isEqualTo(config);
    }
  }

  @Test
  void namesEveryFieldThatIsMissingUnknownOrWrong() {
    ObjectNode json = ConfigWriter.toJson(ModelPresets.omniMambaL());
    json.remove("n_layer");
    json.put("d_model", "wide");
    json.put("chunk_size", 2.5);
    json.put("d_modle", 1024);
    ((ObjectNode) json.path("vq")).remove("ch_mult");
    ((ObjectNode) json.path("towers").get(1)).put("class_token", 1);
    json.remove("special_tokens");
    assertThatThrownBy(() -> ConfigReader.fromJson(json))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContainingAll(
            "n_layer is missing",
            "d_model is \"wide\", not an integer",
            "chunk_size is 2.5, not an integer",
            "d_modle is unknown",
            "vq.ch_mult is missing",
            "towers[1].class_token is 1, not true or false",
            "special_tokens is missing");
  }

  @Test
  void namesTheFileAndTheContradiction() throws IOException {
    ObjectNode json = ConfigWriter.toJson(ModelPresets.omniMambaL());
    json.put("pos_embed_len", 300);
    Path file = Files.writeString(directory.resolve("config.json"), json.toString());
    assertThatThrownBy(() -> ConfigReader.read(file))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("pos_embed_len is 300");
  }

  @ParameterizedTest
  @CsvSource({
    "n_layer, 2147483647, n_layer is 2147483647",
    "d_model, 0, d_model is 0",
    "d_model, -64, d_model is -64",
    "rms_norm_eps, 0, rms_norm_eps is 0",
    "text_vocab_padded, 100, special_tokens has id",
    "img_size, 13, img_size is 13",
    "headdim, 48, not a multiple of headdim",
    "image_vocab, 512, image_vocab is 512",
  })
  void refusesSizesThatNoModelHas(String field, double value, String reason) {
    ObjectNode json = ConfigWriter.toJson(ModelPresets.untrained());
    if (value == Math.rint(value) && !field.endsWith("eps")) {
      json.put(field, (int) value);
    } else {
      json.put(field, value);
    }
    assertThatThrownBy(() -> ConfigReader.fromJson(json))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void refusesPartsThatNoModelHas() {
    ObjectNode json = ConfigWriter.toJson(ModelPresets.untrained());
    ((ObjectNode) json.path("towers").get(0)).put("depth", 1);
    assertThatThrownBy(() -> ConfigReader.fromJson(json)).hasMessageContaining("dino: depth is 1");
    ObjectNode tower = ConfigWriter.toJson(ModelPresets.untrained());
    ((ObjectNode) tower.path("towers").get(0)).put("name", "../x");
    assertThatThrownBy(() -> ConfigReader.fromJson(tower)).hasMessageContaining("'../x'");
    ObjectNode vq = ConfigWriter.toJson(ModelPresets.untrained());
    ((ObjectNode) vq.path("vq")).put("num_res_blocks", 1_000_000);
    assertThatThrownBy(() -> ConfigReader.fromJson(vq)).hasMessageContaining("num_res_blocks");
    ObjectNode tokens = ConfigWriter.toJson(ModelPresets.untrained());
    ((ObjectNode) tokens.path("special_tokens")).put("<|mmu|>", 0);
    assertThatThrownBy(() -> ConfigReader.fromJson(tokens)).hasMessageContaining("twice");
  }

  @Test
  void knowsTheStateOfTheRealModel() {
    // per layer 64 heads of 64 x 128 and 4352 channels of 4 taps, in float32
    assertThat(ModelPresets.omniMamba1_3B().language().stateBytes())
        .isEqualTo(48L * (64 * 64 * 128 + 4352 * 4) * 4);
  }

  @Test
  void refusesFilesThatAreNoConfiguration() throws IOException {
    Path file = directory.resolve("config.json");
    assertThatThrownBy(() -> ConfigReader.read(file))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("no such file");
    for (String text : List.of("", "[", "[]", "{\"name\":1,\"name\":2}", "{} {}", "null")) {
      Files.writeString(file, text);
      assertThatThrownBy(() -> ConfigReader.read(file))
          .as(text)
          .isInstanceOf(InvalidConfigException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void readsTheReferencesOwnTerms() {
    ModelConfig config =
        ConfigReader.readReference(OracleFiles.path("omnimamba-tiny.json"), "omnimamba-tiny");
    assertThat(config.name()).isEqualTo("omnimamba-tiny");
    assertThat(config.language().inProjDim()).isEqualTo(296);
    assertThat(config.language().t2iPositions()).isEqualTo(89);
    assertThat(config.vision().towers())
        .extracting(TowerConfig::name)
        .containsExactly("dino", "siglip");
    assertThat(config.vision().towers())
        .extracting(TowerConfig::registerTokens)
        .containsExactly(4, 0);
    assertThat(config.vision().towers())
        .extracting(TowerConfig::layerScale)
        .containsExactly(true, false);
    assertThat(config.vq().usedCounters()).isEqualTo(65536);
    assertThat(config.specialTokens())
        .isEqualTo(new SpecialTokens(0, 193, 194, 195, 196, 197, 198, 199));
  }

  @Test
  void refusesVariantsAndContradictionsOfTheReference() throws IOException {
    ObjectNode json = (ObjectNode) Golden.json("omnimamba-tiny").path("config").deepCopy();
    json.put("ngroups", 2);
    json.put("norm_before_gate", true);
    ((ObjectNode) json.path("dino")).put("act", "relu");
    Path file = Files.writeString(directory.resolve("reference.json"), json.toString());
    assertThatThrownBy(() -> ConfigReader.readReference(file, "tiny"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContainingAll(
            "ngroups is 2; only 1 is supported",
            "norm_before_gate is true",
            "dino.act is \"relu\"");

    ObjectNode derived = (ObjectNode) Golden.json("omnimamba-tiny").path("config").deepCopy();
    derived.put("nheads", 9);
    derived.put("num_patches", 17);
    Files.writeString(file, derived.toString());
    assertThatThrownBy(() -> ConfigReader.readReference(file, "tiny"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContainingAll("nheads is 9", "num_patches is 17");
  }
}
