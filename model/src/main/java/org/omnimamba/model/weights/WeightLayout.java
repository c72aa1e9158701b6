package org.omnimamba.model.weights;

/** How the weights of equal layers are kept. */
public enum WeightLayout {
  /** A variable for each tensor of each layer. */
  SEPARATE,
  /**
   * One variable for each kind of tensor, with the layers as its first axis. A launch on an
   * accelerator costs time for each variable, so this is faster there.
   */
  STACKED
}
