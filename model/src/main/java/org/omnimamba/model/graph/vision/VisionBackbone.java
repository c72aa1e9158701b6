package org.omnimamba.model.graph.vision;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.model.config.TowerConfig;
import org.omnimamba.model.config.VisionConfig;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** All towers side by side; their features are concatenated in the configuration's order. */
public final class VisionBackbone {
  private final BlockContext context;
  private final VisionConfig config;

  /**
   * @param context at the checkpoint's root
   */
  public VisionBackbone(BlockContext context, VisionConfig config) {
    this.context = context;
    this.config = config;
  }

  /**
   * @param pixels one {@code [batch, 3, size, size]} per tower
   * @return {@code [batch, patches, featureDim]}
   */
  public Operand<TFloat32> features(List<Operand<TFloat32>> pixels) {
    if (pixels.size() != config.towers().size()) {
      throw new IllegalArgumentException(
          "%d towers need as many images, not %d".formatted(config.towers().size(), pixels.size()));
    }
    List<Operand<TFloat32>> features = new ArrayList<>();
    for (int i = 0; i < pixels.size(); i++) {
      features.add(tower(config.towers().get(i)).features(pixels.get(i)));
    }
    return features.size() == 1
        ? features.get(0)
        : context.tf().concat(features, context.tf().constant(-1));
  }

  /** The tower on its parameters. */
  VisionTower tower(TowerConfig tower) {
    return new VisionTower(
        context.in("vision_backbone." + tower.name() + "_featurizer"), tower, config.patchSize());
  }
}
