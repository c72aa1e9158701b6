package org.omnimamba.model.graph.mamba;

import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * What one layer remembers of the past.
 *
 * @param conv the last {@code dConv} columns of xBC before convolution, bias and activation, oldest
 *     first, zeros where there were none: {@code [batch, dConv, convDim]}
 * @param ssm the state-space state, with channels innermost because all heads share B and C: {@code
 *     [batch, dState, heads, headDim]}
 */
public record MixerState(Operand<TFloat32> conv, Operand<TFloat32> ssm) {}
