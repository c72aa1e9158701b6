package org.omnimamba.model.checkpoint.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ConfigReader;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.config.ProjectorConfig;
import org.omnimamba.model.config.TowerConfig;
import org.omnimamba.model.config.VisionConfig;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.OracleFiles;
import org.tensorflow.ndarray.Shape;
import tools.jackson.databind.JsonNode;

class TensorSchemaTest {
  @Test
  void listsTheRealModelsExactlyAndInOrder() {
    JsonNode models = Golden.json("real-keys").path("models");
    for (ModelConfig config : List.of(ModelPresets.omniMamba1_3B(), ModelPresets.omniMambaL())) {
      String name = config.name().equals("omnimamba-l") ? "OmniMamba-L" : "OmniMamba-1.3B";
      JsonNode model = models.path(name);
      Map<String, Shape> expected = new LinkedHashMap<>();
      model
          .path("keys")
          .properties()
          .forEach(key -> expected.put(key.getKey(), shape(key.getValue().get(0))));
      TensorSchema schema = TensorSchema.of(config);
      assertThat(schema.stateDict().entrySet()).containsExactlyElementsOf(expected.entrySet());
      long floats = schema.stored().values().stream().mapToLong(Shape::size).sum();
      assertThat(4 * floats).isEqualTo(model.path("bytes_fp32_unique_storage").longValue());
    }
  }

  @Test
  void listsTheTinyModelExactlyAndInOrder() {
    Map<String, Shape> expected = new LinkedHashMap<>();
    Golden.json("omnimamba-tiny")
        .path("tensors")
        .properties()
        .forEach(key -> expected.put(key.getKey(), shape(key.getValue().path("shape"))));
    assertThat(TensorSchema.of(tiny()).stateDict().entrySet())
        .containsExactlyElementsOf(expected.entrySet());
  }

  @Test
  void listsTheImageTokenizerWithItsRealMultipliers() {
    Golden weights = Golden.of("vq16-tiny.weights");
    TensorSchema schema = TensorSchema.of(ModelPresets.omniMambaL());
    Set<String> names = new java.util.TreeSet<>();
    schema.stored().keySet().stream()
        .filter(name -> name.startsWith(ParameterNames.VQ))
        .forEach(name -> names.add(name.substring(ParameterNames.VQ.length())));
    assertThat(names).containsExactlyInAnyOrderElementsOf(weights.names());
  }

  @Test
  void takesAnyNumberOfTowers() {
    ModelConfig tiny = tiny();
    TowerConfig dino = tiny.vision().towers().get(0);
    for (List<TowerConfig> towers :
        List.of(List.of(dino), List.of(dino, named("b", dino), named("c", dino)))) {
      VisionConfig vision = new VisionConfig(56, 14, towers);
      int in = vision.featureDim();
      TensorSchema schema =
          TensorSchema.of(
              new ModelConfig(
                  "many",
                  tiny.language(),
                  vision,
                  new ProjectorConfig(in, 4 * in, 64),
                  tiny.vq(),
                  tiny.specialTokens()));
      for (TowerConfig tower : towers) {
        assertThat(schema.stored())
            .containsEntry(
                "vision_backbone." + tower.name() + "_featurizer.cls_token", Shape.of(1, 1, 48));
      }
      assertThat(schema.stored())
          .containsEntry("projector.projector.0.weight", Shape.of(4L * in, in));
    }
  }

  @Test
  void knowsWhatNoResultDependsOn() {
    TensorSchema schema = TensorSchema.of(tiny());
    String dino = "vision_backbone.dino_featurizer.";
    String siglip = "vision_backbone.siglip_featurizer.";
    assertThat(schema.isUsed(dino + "blocks.2.norm1.weight")).isTrue();
    assertThat(schema.isUsed(dino + "blocks.3.norm1.weight")).isFalse();
    assertThat(schema.isUsed(dino + "norm.weight")).isFalse();
    assertThat(schema.isUsed(siglip + "blocks.3.mlp.fc1.bias")).isTrue();
    assertThat(schema.isUsed(siglip + "blocks.4.mlp.fc1.bias")).isFalse();
    assertThat(schema.isUsed(siglip + "attn_pool.latent")).isFalse();
    assertThat(schema.isUsed("llm_backbone.vqvae.quantize.codebook_used")).isFalse();
    assertThat(schema.isUsed("llm_backbone.mamba.backbone.norm_f.weight")).isTrue();
  }

  @Test
  void listsEveryProblemInOneError() {
    TensorSchema schema = TensorSchema.of(tiny());
    Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    schema.stored().forEach((name, shape) -> tensors.put(name, new TensorInfo(Dtype.F32, shape)));
    schema.checkStored("the file", new Described(tensors));
    tensors.remove("projector.projector.0.weight");
    tensors.remove("llm_backbone.mamba.backbone.norm_f.weight");
    tensors.put("projector.projector.2.bias", TensorInfo.of(Dtype.F32, 65));
    tensors.put("projector.projector.4.bias", TensorInfo.of(Dtype.I64, 64));
    tensors.put("module.extra", TensorInfo.of(Dtype.F32, 1));
    assertThatThrownBy(() -> schema.checkStored("the file", new Described(tensors)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContainingAll(
            "the file",
            "5 problems",
            "missing: projector.projector.0.weight [320, 80]",
            "missing: llm_backbone.mamba.backbone.norm_f.weight [64]",
            "misshapen: projector.projector.2.bias is [65], needed is [64]",
            "of a wrong type: projector.projector.4.bias is I64",
            "unexpected: module.extra [1]");
  }

  private static ModelConfig tiny() {
    return ConfigReader.readReference(OracleFiles.path("omnimamba-tiny.json"), "tiny");
  }

  private static TowerConfig named(String name, TowerConfig tower) {
    return new TowerConfig(
        name,
        tower.embedDim(),
        tower.depth(),
        tower.heads(),
        tower.mlpHidden(),
        tower.registerTokens(),
        tower.classToken(),
        tower.layerScale(),
        tower.attentionPool(),
        tower.layerNormEps(),
        tower.mean(),
        tower.std());
  }

  private static Shape shape(JsonNode sizes) {
    long[] shape = new long[sizes.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = sizes.get(i).longValue();
    }
    return Shape.of(shape);
  }

  /** Tensors without content. */
  private record Described(Map<String, TensorInfo> tensors) implements TensorSource {
    @Override
    public Set<String> names() {
      return tensors.keySet();
    }

    @Override
    public TensorInfo info(String name) {
      return tensors.get(name);
    }

    @Override
    public void readInto(String name, long offset, ByteBuffer target) {
      throw new AssertionError("only names and shapes are looked at");
    }

    @Override
    public void close() {}
  }
}
