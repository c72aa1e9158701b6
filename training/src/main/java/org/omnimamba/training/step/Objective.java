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
}
