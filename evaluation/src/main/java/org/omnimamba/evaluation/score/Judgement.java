package org.omnimamba.evaluation.score;

/**
 * What a scorer makes of an answer.
 *
 * @param readAs what the answer was taken for, such as "yes" or a letter
 * @param points 0 for wrong to 1 for right
 */
public record Judgement(String readAs, double points) {
  static Judgement of(String readAs, boolean right) {
    return new Judgement(readAs, right ? 1 : 0);
  }

  /** Whether it has all points. */
  public boolean right() {
    return points >= 1;
  }
}
