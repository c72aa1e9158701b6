package org.omnimamba.model.graph;

/** In which type matrix products are computed; everything else is float32. */
public enum Precision {
  /** Parameters are widened to float32; products are float32. */
  FLOAT32,
  /** Both factors are bfloat16, sums are float32. */
  BFLOAT16
}
