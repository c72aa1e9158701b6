package org.omnimamba.training.step;

/** What is trained for: the graph from a batch to a loss. */
@FunctionalInterface
public interface Objective {

  /**
   * Adds the forward pass to a graph. It is called several times (once to see which parameters it
   * reads, once for each function that is compiled) and must build the same graph each time.
   *
   * @param scope declares inputs, gives parameters and random numbers
   * @return the loss, and what else a step should report
   */
  Loss build(ObjectiveScope scope);

  /**
   * The same objective for a share of each batch, where several devices share its rows evenly. The
   * loss and the metrics of a share are its part of the whole batch's: those of all shares add up
   * to them.
   *
   * @param shares how many there are
   * @throws IllegalArgumentException if rows cannot be shared so; the message says why
   */
  default Objective share(int shares) {
    throw new IllegalArgumentException(
        "what this objective computes of a batch is no sum over its rows, so devices cannot share"
            + " them");
  }
}
