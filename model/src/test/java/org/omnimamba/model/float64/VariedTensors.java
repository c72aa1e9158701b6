package org.omnimamba.model.float64;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import java.util.SplittableRandom;
import org.omnimamba.model.checkpoint.schema.InitialTensors;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.ModelConfig;

/**
 * The values with which training begins, and noise on those of the language model that are all 0 or
 * all 1 then: adapters, norms, D and biases. So every parameter has its part in the results.
 */
public final class VariedTensors implements TensorSource {
  private final TensorSource initial;
  private final long seed;

  public VariedTensors(ModelConfig config, long seed) {
    this.initial = new InitialTensors(config, seed);
    this.seed = seed;
  }

  @Override
  public Set<String> names() {
    return initial.names();
  }

  @Override
  public TensorInfo info(String name) {
    return initial.info(name);
  }

  @Override
  public void readInto(String name, long offset, ByteBuffer target) {
    double noise = noise(name);
    if (noise == 0) {
      initial.readInto(name, offset, target);
      return;
    }
    SplittableRandom random = new SplittableRandom(seed * 31 + name.hashCode()).split();
    float[] values = initial.readFloats(name);
    ByteBuffer bytes =
        ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat((float) (value + noise * (2 * random.nextDouble() - 1)));
    }
    target.put(bytes.flip().slice((int) offset, target.remaining()));
  }

  private static double noise(String name) {
    if (name.endsWith("_lora_B0.weight")) {
      return 0.05;
    }
    if (name.endsWith("norm.weight") || name.endsWith("norm_f.weight") || name.endsWith(".D")) {
      return 0.3;
    }
    return name.contains("project_in") && name.endsWith(".bias") ? 0.02 : 0;
  }

  @Override
  public void close() {
    initial.close();
  }
}
