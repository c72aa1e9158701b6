package org.omnimamba.model.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Reads the parts of a configuration. What each function returns builds its record later, after the
 * fields of all parts were seen, so that one error can name every wrong field.
 */
final class ConfigParts {
  private ConfigParts() {}

  static Supplier<LanguageModelConfig> language(ConfigFields root, ConfigFields lora) {
    int dModel = root.integer("d_model");
    int layers = root.integer("n_layer");
    int dState = root.integer("d_state");
    int headDim = root.integer("headdim");
    int expand = root.integer("expand");
    int dConv = root.integer("d_conv");
    int chunkSize = root.integer("chunk_size");
    float eps = root.number("rms_norm_eps");
    int rank = lora.integer("r");
    float alpha = lora.number("alpha");
    float dropout = lora.number("dropout_in_training");
    int textVocab = root.integer("text_vocab_padded");
    int imageVocab = root.integer("image_vocab");
    List<Integer> grid = root.integers("image_grid");
    if (grid.size() != 2) {
      root.problem("image_grid needs two values, height and width");
    }
    int captionTokens = root.integer("max_caption_tokens");
    int t2iPositions = root.integer("pos_embed_len");
    int mmuPositions = root.integer("mmu_pos_embed_len");
    return () ->
        new LanguageModelConfig(
            dModel,
            layers,
            dState,
            headDim,
            expand,
            dConv,
            chunkSize,
            eps,
            new LoraConfig(rank, alpha, dropout),
            textVocab,
            imageVocab,
            grid.get(0),
            grid.get(1),
            captionTokens,
            t2iPositions,
            mmuPositions);
  }

  static Supplier<VisionConfig> vision(ConfigFields root, List<ConfigFields> towerFields) {
    List<Supplier<TowerConfig>> towers = new ArrayList<>();
    for (ConfigFields tower : towerFields) {
      towers.add(
          tower(
              tower.text("name"),
              tower,
              tower.integer("reg_tokens"),
              tower.flag("layer_scale"),
              tower.flag("attention_pool"),
              tower.numbers("mean"),
              tower.numbers("std")));
    }
    return vision(root, () -> towers.stream().map(Supplier::get).toList());
  }

  static Supplier<VisionConfig> vision(ConfigFields root, Supplier<List<TowerConfig>> towers) {
    int imageSize = root.integer("img_size");
    int patch = root.integer("patch");
    return () -> new VisionConfig(imageSize, patch, towers.get());
  }

  /** Reads what every form of a tower has; the rest is told by the caller. */
  static Supplier<TowerConfig> tower(
      String name,
      ConfigFields tower,
      int registerTokens,
      boolean layerScale,
      boolean attentionPool,
      List<Float> mean,
      List<Float> std) {
    int embedDim = tower.integer("embed_dim");
    int depth = tower.integer("depth");
    int heads = tower.integer("num_heads");
    int mlpHidden = tower.integer("mlp_hidden");
    boolean classToken = tower.flag("class_token");
    float eps = tower.number("layer_norm_eps");
    return () ->
        new TowerConfig(
            name,
            embedDim,
            depth,
            heads,
            mlpHidden,
            registerTokens,
            classToken,
            layerScale,
            attentionPool,
            eps,
            mean,
            std);
  }

  static Supplier<ProjectorConfig> projector(ConfigFields fields) {
    int in = fields.integer("in_dim");
    int hidden = fields.integer("hidden");
    int out = fields.integer("out");
    return () -> new ProjectorConfig(in, hidden, out);
  }

  /** {@code codebook_used}: the length of a buffer that is stored and never read. */
  static Supplier<VqConfig> vq(ConfigFields fields) {
    int channels = fields.integer("ch");
    List<Integer> multipliers = fields.integers("ch_mult");
    int resBlocks = fields.integer("num_res_blocks");
    int zChannels = fields.integer("z_channels");
    int codebookSize = fields.integer("codebook_size");
    int codebookDim = fields.integer("codebook_dim");
    boolean l2Norm = fields.flag("l2_norm");
    int used = fields.integer("codebook_used", ConfigWriter.USED_COUNTERS);
    return () ->
        new VqConfig(
            channels, multipliers, resBlocks, zChannels, codebookSize, codebookDim, l2Norm, used);
  }

  static Supplier<SpecialTokens> specialTokens(ConfigFields fields) {
    int eos = fields.integer("<|endoftext|>");
    int pad = fields.integer("[PAD]");
    int soi = fields.integer("<|soi|>");
    int eoi = fields.integer("<|eoi|>");
    int sot = fields.integer("<|sot|>");
    int eot = fields.integer("<|eot|>");
    int t2i = fields.integer("<|t2i|>");
    int mmu = fields.integer("<|mmu|>");
    return () -> new SpecialTokens(eos, pad, soi, eoi, sot, eot, t2i, mmu);
  }
}
