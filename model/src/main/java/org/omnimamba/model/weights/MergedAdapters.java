package org.omnimamba.model.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashSet;
import java.util.Set;
import org.omnimamba.model.checkpoint.tensor.Dtype;
import org.omnimamba.model.checkpoint.tensor.TensorCodec;
import org.omnimamba.model.checkpoint.tensor.TensorInfo;
import org.omnimamba.model.checkpoint.tensor.TensorSource;
import org.omnimamba.model.config.LoraConfig;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.graph.mamba.TaskLora;

/**
 * A checkpoint in which each adapted projection {@code W} is replaced by one for each task, {@code
 * W + scaling * B A}, computed in float32 while it is read.
 */
public final class MergedAdapters implements TensorSource {
  private static final String PROJECTION = ".in_proj.";

  private final TensorSource base;
  private final LoraConfig config;
  private String current = "";
  private float[] down = {};
  private float[] up = {};

  public MergedAdapters(TensorSource base, LoraConfig config) {
    this.base = base;
    this.config = config;
  }

  @Override
  public Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    for (String name : base.names()) {
      int at = name.indexOf(PROJECTION);
      if (at < 0) {
        names.add(name);
      } else {
        for (Task task : Task.values()) {
          names.add(name.substring(0, at) + PROJECTION + TaskLora.mergedName(task));
        }
      }
    }
    return names;
  }

  @Override
  public TensorInfo info(String name) {
    return isMerged(name)
        ? new TensorInfo(Dtype.F32, base.info(sibling(name, "weight")).shape())
        : base.info(name);
  }

  private static boolean isMerged(String name) {
    for (Task task : Task.values()) {
      if (name.endsWith(PROJECTION + TaskLora.mergedName(task))) {
        return true;
      }
    }
    return false;
  }

  private static String sibling(String merged, String local) {
    return merged.substring(0, merged.indexOf(PROJECTION) + PROJECTION.length()) + local;
  }

  /** Reads of merged tensors must begin and end at float32 elements. */
  @Override
  public void readInto(String name, long offset, ByteBuffer target) {
    if (!isMerged(name)) {
      base.readInto(name, offset, target);
      return;
    }
    readAdapter(name);
    TensorInfo stored = base.info(sibling(name, "weight"));
    long in = stored.shape().get(1);
    int count = target.remaining() / Float.BYTES;
    long first = offset / Float.BYTES;
    ByteBuffer weights =
        ByteBuffer.allocate(count * stored.dtype().bytes()).order(ByteOrder.LITTLE_ENDIAN);
    base.readInto(sibling(name, "weight"), first * stored.dtype().bytes(), weights);
    weights.flip();
    float[] merged = new float[count];
    for (int i = 0; i < count; i++) {
      merged[i] = TensorCodec.next(weights, stored.dtype());
    }
    addAdapter(merged, first, (int) in);
    for (float value : merged) {
      target.putFloat(value);
    }
  }

  private void readAdapter(String name) {
    if (name.equals(current)) {
      return;
    }
    for (Task task : Task.values()) {
      if (name.endsWith(TaskLora.mergedName(task))) {
        down = base.readFloats(sibling(name, TaskLora.downName(task)));
        up = base.readFloats(sibling(name, TaskLora.upName(task)));
      }
    }
    current = name;
  }

  /** Adds the adapter to elements {@code first, first + 1, ...} of the projection, row by row. */
  private void addAdapter(float[] weights, long first, int in) {
    int rank = config.rank();
    for (int done = 0; done < weights.length; ) {
      int row = (int) ((first + done) / in);
      int column = (int) ((first + done) % in);
      int count = Math.min(in - column, weights.length - done);
      for (int r = 0; r < rank; r++) {
        float factor = config.scaling() * up[row * rank + r];
        int from = r * in + column;
        for (int i = 0; i < count; i++) {
          weights[done + i] += factor * down[from + i];
        }
      }
      done += count;
    }
  }

  @Override
  public void close() {
    base.close();
  }
}
