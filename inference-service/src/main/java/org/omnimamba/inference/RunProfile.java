package org.omnimamba.inference;

/** What matters more; which settings follow depends on the device. */
public enum RunProfile {
  /** The numbers of the reference, in float32. */
  EXACT,
  /** The speed of the device: on a GPU in bfloat16, with states in float16. */
  FAST
}
