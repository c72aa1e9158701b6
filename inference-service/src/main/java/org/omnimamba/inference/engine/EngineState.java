package org.omnimamba.inference.engine;

/** Life of the engine, in this order; {@code READY} and {@code DEVICE_FAILED} may alternate. */
public enum EngineState {
  /** Weights are being loaded and the first step has not run. */
  LOADING,
  /** Takes requests. */
  READY,
  /** Device calls failed several times in a row; the engine probes until one succeeds. */
  DEVICE_FAILED,
  /** Finishes what it has, takes nothing new. */
  DRAINING,
  /** Ended in order. */
  STOPPED,
  /** The model could not be loaded. */
  LOAD_FAILED
}
