package org.omnimamba.training.run;

/** The loss is no longer a number. The message says at which step, and what may help. */
public final class TrainingDivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  TrainingDivergedException(long step, float loss, float norm) {
    super(
        ("at step %d the loss is %s and the gradients' norm %s; the last state is kept."
                + " Lower the learning rate or lengthen the warm-up")
            .formatted(step, loss, norm));
  }
}
