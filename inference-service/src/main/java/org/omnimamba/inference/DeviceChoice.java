package org.omnimamba.inference;

/** What the model runs on. */
public enum DeviceChoice {
  /** A GPU where TensorFlow has one, else the CPU. */
  AUTO,
  CPU,
  /** The service does not start without one. */
  GPU
}
