package org.omnimamba.model.runtime.language;

import java.util.List;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.device.ElementType;
import org.omnimamba.model.device.FunctionScope;
import org.omnimamba.model.device.TensorSpec;
import org.omnimamba.model.kernel.tile.Kernel;
import org.tensorflow.Output;
import org.tensorflow.ndarray.Shape;

/**
 * What calls of layers' kernels have in common: parameters of all layers, shapes of what goes from
 * kernel to kernel, and the end of a layer. Rows are the rows of a step, or the positions of a
 * prompt's piece.
 */
final class LayerCalls {
  private final FunctionScope scope;
  private final LanguageParameters parameters;
  private final LanguageModelConfig config;
  private final int rows;

  LayerCalls(
      FunctionScope scope, LanguageParameters parameters, LanguageModelConfig config, int rows) {
    this.scope = scope;
    this.parameters = parameters;
    this.config = config;
    this.rows = rows;
  }

  /** A parameter of all layers, {@code [layers, ...]}. */
  Output<?> stacked(String local) {
    return scope.read(parameters.stacked(local)).asOutput();
  }

  /** {@code [rows, columns]}. */
  TensorSpec values(ElementType type, int columns) {
    return new TensorSpec(type, Shape.of(rows, columns));
  }

  /** Sums of squares, {@code [pieces, rows]}. */
  TensorSpec squares(int pieces) {
    return new TensorSpec(ElementType.F32, Shape.of(pieces, rows));
  }

  /** Results that are a {@link KernelStream}. */
  List<TensorSpec> stream(int pieces) {
    return List.of(
        values(ElementType.F32, config.dModel()),
        values(ElementType.BF16, config.dModel()),
        squares(pieces));
  }

  /**
   * {@code out_proj} with the residual sum, the end of a layer.
   *
   * @param gated what comes out of the state space, and its sums of squares
   * @param before the stream before the layer
   * @param pieces of the stream after it
   */
  KernelStream end(
      Kernel out,
      int layer,
      Output<?> number,
      List<Output<?>> gated,
      KernelStream before,
      int pieces) {
    boolean last = layer == config.layers() - 1;
    List<Output<?>> after =
        scope.kernel(
            out,
            List.of(
                number,
                gated.get(0),
                gated.get(1),
                stacked("mixer.out_proj.weight"),
                before.residual(),
                scope.tf().constant(last ? 0 : layer + 1).asOutput(),
                last ? scope.read(parameters.finalNorm()).asOutput() : stacked("norm.weight")),
            stream(pieces));
    return KernelStream.of(after);
  }
}
