package org.omnimamba.training.objective;

import java.util.function.Predicate;
import org.omnimamba.model.checkpoint.schema.ParameterNames;
import org.omnimamba.model.graph.mamba.Backbone;
import org.omnimamba.training.config.Section;

/**
 * Which parameters a stage declares trainable. Adapters of the task that a stage does not run have
 * no gradient and stay as they are. Towers and image tokenizer are trained in no stage.
 */
public enum Stage implements Predicate<String> {
  /** The backbone as a language model, before there are images: no adapters, no positions. */
  LANGUAGE {
    @Override
    public boolean test(String name) {
      return (isIn(name, "layers.") && !isAdapter(name))
          || isIn(name, "norm_f.")
          || name.equals(ParameterNames.TEXT_EMBEDDING);
    }
  },
  /** Drawing: image embedding with its head, text embedding, caption MLP, positions, adapters. */
  STAGE1_T2I {
    @Override
    public boolean test(String name) {
      return isIn(name, "img_embeddings.")
          || isIn(name, "caption_embed.")
          || isIn(name, "pos_embed")
          || name.equals(ParameterNames.TEXT_EMBEDDING)
          || isAdapter(name);
    }
  },
  /** Understanding: projector and adapters; text embedding and positions stay frozen. */
  STAGE1_MMU {
    @Override
    public boolean test(String name) {
      return name.startsWith(ParameterNames.PROJECTOR) || isAdapter(name);
    }
  },
  /** Both tasks: the whole language model and the projector. */
  STAGE2 {
    @Override
    public boolean test(String name) {
      return name.startsWith(ParameterNames.PROJECTOR) || name.startsWith(ParameterNames.LANGUAGE);
    }
  };

  /** The same and the towers: for pictures that no towers were trained on. */
  public Predicate<String> withTowers() {
    return or(name -> name.startsWith(ParameterNames.VISION));
  }

  /**
   * What this stage trains, without the adapters where {@code objective.adapters} is false: they
   * stay at their initial values, which add nothing.
   */
  Predicate<String> trained(Section objective) {
    return objective.flag("adapters", true) ? this : and(name -> !isAdapter(name));
  }

  private static boolean isIn(String name, String part) {
    return name.startsWith(Backbone.PREFIX + "." + part);
  }

  private static boolean isAdapter(String name) {
    return name.startsWith(ParameterNames.LANGUAGE) && name.contains("_lora_");
  }
}
