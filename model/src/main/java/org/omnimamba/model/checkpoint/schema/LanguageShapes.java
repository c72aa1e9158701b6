package org.omnimamba.model.checkpoint.schema;

import org.omnimamba.model.config.LanguageModelConfig;

/** Parameters of the language model. */
final class LanguageShapes {
  private LanguageShapes() {}

  static void add(ShapeList list, LanguageModelConfig config) {
    long width = config.dModel();
    ShapeList backbone = list.in("backbone.");
    backbone.add("pos_embed", 1, config.t2iPositions(), width);
    backbone.add("mmu_pos_embed", 1, config.mmuPositions(), width);
    ShapeList images = backbone.in("img_embeddings.");
    images.add("word_embeddings.weight", config.imageVocabSize(), width);
    images.in("project_in.projector.").linear("0", 4 * width, width);
    images.in("project_in.projector.").linear("2", width, 4 * width);
    images.in("project_in.projector.").linear("4", width, width);
    backbone.add("caption_embed.cap_proj.fc1.weight", width, width);
    backbone.add("caption_embed.cap_proj.fc2.weight", width, width);
    backbone.add("embedding.weight", config.textVocabSize(), width);
    for (int i = 0; i < config.layers(); i++) {
      layer(backbone.in("layers." + i + "."), config);
    }
    backbone.add("norm_f.weight", width);
    list.add("img_head.weight", config.imageVocabSize(), width);
    list.add("lm_head.weight", config.textVocabSize(), width);
  }

  private static void layer(ShapeList layer, LanguageModelConfig config) {
    long width = config.dModel();
    layer.add("norm.weight", width);
    ShapeList mixer = layer.in("mixer.");
    mixer.add("dt_bias", config.heads());
    mixer.add("A_log", config.heads());
    mixer.add("D", config.heads());
    mixer.add("in_proj.weight", config.inProjDim(), width);
    for (String task : new String[] {"mmu", "t2i"}) {
      mixer.add("in_proj." + task + "_lora_A0.weight", config.lora().rank(), width);
      mixer.add("in_proj." + task + "_lora_B0.weight", config.inProjDim(), config.lora().rank());
    }
    mixer.add("conv1d.weight", config.convDim(), 1, config.dConv());
    mixer.add("conv1d.bias", config.convDim());
    mixer.add("norm.weight", config.dInner());
    mixer.add("out_proj.weight", width, config.dInner());
  }
}
