package org.omnimamba.model.runtime;

/** What decode steps and the layers of prompts are made of. */
public enum StepKernels {
  /** Operations that XLA fuses and compiles; on every device, at every precision. */
  XLA,
  /**
   * Hand-written kernels, which need an NVIDIA GPU, compilation, stacked bfloat16 weights, bfloat16
   * products and adapters beside the weights.
   */
  TRITON
}
