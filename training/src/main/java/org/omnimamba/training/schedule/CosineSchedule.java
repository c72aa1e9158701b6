package org.omnimamba.training.schedule;

/**
 * Linear warm-up from 0, then half a cosine down to a floor ({@code cosine_with_min_lr} of the
 * trainer that the reference uses). With warm-up, the very first step has rate 0.
 *
 * @param peak learning rate at the end of the warm-up
 * @param warmupSteps steps of the warm-up; 0 starts at the peak
 * @param totalSteps step at which the floor is reached
 * @param floor part of the peak that is left at the end, 0 to 1
 */
public record CosineSchedule(double peak, long warmupSteps, long totalSteps, double floor) {

  public CosineSchedule {
    if (!(peak > 0) || warmupSteps < 0 || totalSteps < 1 || !(floor >= 0 && floor <= 1)) {
      throw new IllegalArgumentException(
          "a schedule needs a positive rate, steps, and a floor between 0 and 1, not "
              + "%s, %d of %d, %s".formatted(peak, warmupSteps, totalSteps, floor));
    }
  }

  /** The rate of a step, counted from 0. After the last step it stays at the floor. */
  public double rate(long step) {
    if (step < warmupSteps) {
      return peak * ((double) step / warmupSteps);
    }
    double progress =
        Math.min(1, (double) (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps));
    double cosine = 0.5 * (1 + Math.cos(Math.PI * progress));
    return peak * (cosine * (1 - floor) + floor);
  }
}
