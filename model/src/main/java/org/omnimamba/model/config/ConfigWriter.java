package org.omnimamba.model.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes {@code config.json}; {@link ConfigReader} reads it back to an equal configuration. */
public final class ConfigWriter {
  /** Length of {@code codebook_used} in every released image tokenizer. */
  static final int USED_COUNTERS = 65536;

  private ConfigWriter() {}

  /**
   * Writes a file, replacing one that is there.
   *
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, ModelConfig config) throws IOException {
    Files.writeString(file, toJson(config).toPrettyString() + "\n");
  }

  /** The content of a {@code config.json}. */
  public static ObjectNode toJson(ModelConfig config) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("name", config.name());
    putLanguage(root, config.language());
    putVision(root, config.vision());
    ProjectorConfig projector = config.projector();
    root.putObject("projector")
        .put("in_dim", projector.inDim())
        .put("hidden", projector.hiddenDim())
        .put("out", projector.outDim());
    putVq(root.putObject("vq"), config.vq());
    SpecialTokens tokens = config.specialTokens();
    root.putObject("special_tokens")
        .put("<|endoftext|>", tokens.eos())
        .put("[PAD]", tokens.pad())
        .put("<|soi|>", tokens.soi())
        .put("<|eoi|>", tokens.eoi())
        .put("<|sot|>", tokens.sot())
        .put("<|eot|>", tokens.eot())
        .put("<|t2i|>", tokens.t2i())
        .put("<|mmu|>", tokens.mmu());
    return root;
  }

  private static void putLanguage(ObjectNode root, LanguageModelConfig language) {
    root.put("d_model", language.dModel())
        .put("n_layer", language.layers())
        .put("d_state", language.dState())
        .put("headdim", language.headDim())
        .put("expand", language.expand())
        .put("d_conv", language.dConv())
        .put("chunk_size", language.chunkSize())
        .put("rms_norm_eps", language.rmsNormEps());
    root.putObject("lora")
        .put("r", language.lora().rank())
        .put("alpha", language.lora().alpha())
        .put("dropout_in_training", language.lora().dropout());
    root.put("text_vocab_padded", language.textVocabSize())
        .put("image_vocab", language.imageVocabSize());
    root.putArray("image_grid").add(language.imageGridHeight()).add(language.imageGridWidth());
    root.put("max_caption_tokens", language.maxCaptionTokens())
        .put("pos_embed_len", language.t2iPositions())
        .put("mmu_pos_embed_len", language.mmuPositions());
  }

  private static void putVision(ObjectNode root, VisionConfig vision) {
    root.put("img_size", vision.imageSize()).put("patch", vision.patchSize());
    ArrayNode towers = root.putArray("towers");
    for (TowerConfig tower : vision.towers()) {
      ObjectNode node = towers.addObject();
      node.put("name", tower.name())
          .put("embed_dim", tower.embedDim())
          .put("depth", tower.depth())
          .put("num_heads", tower.heads())
          .put("mlp_hidden", tower.mlpHidden())
          .put("reg_tokens", tower.registerTokens())
          .put("class_token", tower.classToken())
          .put("layer_scale", tower.layerScale())
          .put("attention_pool", tower.attentionPool())
          .put("layer_norm_eps", tower.layerNormEps());
      putNumbers(node.putArray("mean"), tower.mean());
      putNumbers(node.putArray("std"), tower.std());
    }
  }

  private static void putVq(ObjectNode node, VqConfig vq) {
    node.put("ch", vq.channels());
    ArrayNode multipliers = node.putArray("ch_mult");
    vq.channelMultipliers().forEach(multipliers::add);
    node.put("num_res_blocks", vq.resBlocks())
        .put("z_channels", vq.zChannels())
        .put("codebook_size", vq.codebookSize())
        .put("codebook_dim", vq.codebookDim())
        .put("l2_norm", vq.l2Norm())
        .put("codebook_used", vq.usedCounters());
  }

  private static void putNumbers(ArrayNode array, List<Float> values) {
    values.forEach(array::add);
  }
}
