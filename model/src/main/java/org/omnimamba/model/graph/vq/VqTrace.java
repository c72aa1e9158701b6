package org.omnimamba.model.graph.vq;

import java.util.LinkedHashMap;
import java.util.Map;
import org.omnimamba.model.graph.Activations;
import org.omnimamba.model.graph.BlockContext;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Runs the modules of the image tokenizer one after the other and remembers each output by the
 * module's name in the checkpoint.
 */
final class VqTrace {
  private final BlockContext context;
  private final Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
  private Operand<TFloat32> current;

  VqTrace(BlockContext context, Operand<TFloat32> input) {
    this.context = context;
    this.current = input;
  }

  VqTrace convolution(String name) {
    return add(name, new Convolution(context.in(name)).same(current));
  }

  VqTrace resnet(String name, int outChannels) {
    return add(name, new ResnetBlock(context.in(name), outChannels).apply(current));
  }

  VqTrace attention(String name) {
    return add(name, new AttentionBlock(context.in(name)).apply(current));
  }

  VqTrace downsample(String name) {
    return add(name, new Downsample(context.in(name)).apply(current));
  }

  VqTrace upsample(String name) {
    return add(name, new Upsample(context.in(name)).apply(current));
  }

  /** Res block, attention and res block at the lowest resolution. */
  VqTrace middle(int channels) {
    return resnet("mid.0", channels).attention("mid.1").resnet("mid.2", channels);
  }

  /** Norm, swish and the last convolution. */
  VqTrace head() {
    Operand<TFloat32> normed = new GroupNorm(context.in("norm_out")).apply(current);
    add("norm_out", normed);
    current = Activations.silu(context.tf(), normed);
    return convolution("conv_out");
  }

  Map<String, Operand<TFloat32>> outputs() {
    return outputs;
  }

  Operand<TFloat32> last() {
    return current;
  }

  private VqTrace add(String name, Operand<TFloat32> output) {
    outputs.put(name, output);
    current = output;
    return this;
  }
}
