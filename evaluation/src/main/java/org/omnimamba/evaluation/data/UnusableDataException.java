package org.omnimamba.evaluation.data;

import java.util.List;

/** Data that no benchmark can be run on; the message says which and why. */
public final class UnusableDataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** So many faults are named. */
  private static final int NAMED = 5;

  public UnusableDataException(String message) {
    super(message);
  }

  public UnusableDataException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * More is lost than the user allows.
   *
   * @param what the data are made of, such as "questions"
   * @param lost how many are unusable
   * @param all how many there are
   * @param mostPercent that may be unusable
   * @param faults that made them so, of which the first are named
   */
  public static UnusableDataException tooMany(
      String what, int lost, int all, double mostPercent, List<Fault> faults) {
    StringBuilder message = new StringBuilder();
    message.append(
        "%d of %d %s are unusable, more than %s %%".formatted(lost, all, what, mostPercent));
    faults.stream().limit(NAMED).forEach(fault -> message.append("\n  ").append(fault));
    if (faults.size() > NAMED) {
      message.append("\n  and %d more".formatted(faults.size() - NAMED));
    }
    return new UnusableDataException(message.toString());
  }
}
