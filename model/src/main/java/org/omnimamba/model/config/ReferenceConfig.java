package org.omnimamba.model.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * A configuration in the reference's own terms. It has more fields than are needed; those that say
 * the same twice must agree, and those that ask for a variant that was never used are refused.
 */
final class ReferenceConfig {
  private ReferenceConfig() {}

  static ModelConfig fromJson(JsonNode json, String name) {
    ConfigFields root = ConfigFields.root(json);
    ConfigFields projector = root.object("projector");
    ConfigFields vq = root.object("vq");
    ConfigFields lora = root.object("lora");
    Supplier<LanguageModelConfig> language = ConfigParts.language(root, lora);
    Supplier<VisionConfig> vision = ConfigParts.vision(root, towers(root));
    Supplier<ProjectorConfig> projectorPart = ConfigParts.projector(projector);
    Supplier<VqConfig> vqPart = ConfigParts.vq(vq);
    Supplier<SpecialTokens> specialTokens =
        ConfigParts.specialTokens(root.object("special_tokens"));

    refuseOtherVariants(root, lora, projector, vq);
    root.check();
    ModelConfig config =
        new ModelConfig(
            name,
            language.get(),
            vision.get(),
            projectorPart.get(),
            vqPart.get(),
            specialTokens.get());
    checkDerived(root, lora, config);
    root.check();
    return config;
  }

  /** DINO first: the order in which the reference concatenates features. */
  private static Supplier<List<TowerConfig>> towers(ConfigFields root) {
    List<Supplier<TowerConfig>> towers = new ArrayList<>();
    if (root.has("dino")) {
      ConfigFields dino = root.object("dino");
      dino.fixed("no_embed_class", "true");
      towers.add(
          tower(
              "dino",
              dino,
              dino.flag("layer_scale", true),
              false,
              TowerConfig.IMAGENET_MEAN,
              TowerConfig.IMAGENET_STD));
    }
    if (root.has("siglip")) {
      ConfigFields siglip = root.object("siglip");
      towers.add(
          tower(
              "siglip",
              siglip,
              siglip.flag("layer_scale", false),
              true,
              TowerConfig.HALF,
              TowerConfig.HALF));
    }
    if (towers.isEmpty()) {
      root.problem("dino and siglip are missing; at least one tower is needed");
    }
    return () -> towers.stream().map(Supplier::get).toList();
  }

  private static Supplier<TowerConfig> tower(
      String name,
      ConfigFields fields,
      boolean layerScale,
      boolean attentionPool,
      List<Float> mean,
      List<Float> std) {
    fields.fixed("act", "gelu_erf");
    if (fields.has("take_block_index")) {
      fields.agrees("take_block_index", fields.integer("depth") - 2);
    }
    return ConfigParts.tower(
        name, fields, fields.integer("reg_tokens", 0), layerScale, attentionPool, mean, std);
  }

  private static void refuseOtherVariants(
      ConfigFields root, ConfigFields lora, ConfigFields projector, ConfigFields vq) {
    root.fixed("d_intermediate", "0");
    root.fixed("ngroups", "1");
    root.fixed("norm_before_gate", "false");
    root.fixed("residual_in_fp32", "true");
    root.fixed("dt_limit", "[0.0,\"inf\"]");
    root.agreesWith("gated_norm_eps", "rms_norm_eps");
    lora.fixed("target", "in_proj");
    projector.fixed("act", "gelu_erf");
    vq.agrees("group_norm_groups", VqConfig.GROUPS);
    vq.agrees("group_norm_eps", 1e-6);
  }

  private static void checkDerived(ConfigFields root, ConfigFields lora, ModelConfig config) {
    LanguageModelConfig language = config.language();
    root.agrees("d_inner", language.dInner());
    root.agrees("nheads", language.heads());
    root.agrees("conv_dim", language.convDim());
    root.agrees("d_in_proj", language.inProjDim());
    root.agrees("num_tokens", language.imageTokens());
    root.agrees("num_patches", config.vision().patches());
    lora.agrees("scaling", language.lora().scaling());
  }
}
