package org.omnimamba.model.checkpoint.schema;

import org.omnimamba.model.config.TowerConfig;
import org.omnimamba.model.config.VisionConfig;

/** Parameters of one vision tower. */
final class TowerShapes {
  private TowerShapes() {}

  static void add(ShapeList list, VisionConfig vision, TowerConfig tower) {
    long width = tower.embedDim();
    if (tower.classToken()) {
      list.add("cls_token", 1, 1, width);
    }
    if (tower.registerTokens() > 0) {
      list.add("reg_token", 1, tower.registerTokens(), width);
    }
    list.add("pos_embed", 1, vision.patches(), width);
    list.conv("patch_embed.proj", width, 3, vision.patchSize());
    for (int i = 0; i < tower.depth(); i++) {
      block(list.in("blocks." + i + "."), tower);
    }
    list.norm("norm", width);
    if (tower.attentionPool()) {
      attentionPool(list.in("attn_pool."), tower);
    }
  }

  private static void block(ShapeList block, TowerConfig tower) {
    long width = tower.embedDim();
    block.norm("norm1", width);
    block.linear("attn.qkv", 3 * width, width);
    block.linear("attn.proj", width, width);
    if (tower.layerScale()) {
      block.add("ls1.gamma", width);
    }
    block.norm("norm2", width);
    mlp(block, tower);
    if (tower.layerScale()) {
      block.add("ls2.gamma", width);
    }
  }

  private static void attentionPool(ShapeList pool, TowerConfig tower) {
    long width = tower.embedDim();
    pool.add("latent", 1, 1, width);
    pool.linear("q", width, width);
    pool.linear("kv", 2 * width, width);
    pool.linear("proj", width, width);
    pool.norm("norm", width);
    mlp(pool, tower);
  }

  private static void mlp(ShapeList list, TowerConfig tower) {
    list.linear("mlp.fc1", tower.mlpHidden(), tower.embedDim());
    list.linear("mlp.fc2", tower.embedDim(), tower.mlpHidden());
  }
}
