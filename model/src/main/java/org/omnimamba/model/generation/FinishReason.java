package org.omnimamba.model.generation;

/** Why a sequence ended. */
public enum FinishReason {
  /** The model ended the text, or a stop string came. */
  STOP,
  /** The wanted number of tokens, or the model's last position, was reached. */
  LENGTH,
  /** The caller gave up. */
  CANCELLED
}
