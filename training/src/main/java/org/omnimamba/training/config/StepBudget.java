package org.omnimamba.training.config;

/**
 * When a run ends. With steps that are <em>measured</em>, or more steps than fit the minutes, the
 * run times its first steps and then sets the number that fits, so that the learning rate has come
 * down to its floor when the time is up. The number is part of the run's state.
 *
 * @param steps of the whole run; 0 if measured
 * @param maxMinutes that the run may take, all its starts together; 0 for no limit
 */
public record StepBudget(long steps, double maxMinutes) {
  /** Number of steps by which the speed is known, beside those whose batches were made before. */
  public static final int MEASURED_BY = 40;

  /** Steps before the measurement: the first one compiles. */
  public static final int SETTLED_AFTER = 5;

  /** Part of the time that is kept for the files at the end and for slower steps. */
  private static final double RESERVE = 0.03;

  /**
   * What a schedule that was fitted may take of the minutes: if later steps are somewhat slower, it
   * had better come to its end than stop just before.
   */
  private static final double OVERRUN = 1.1;

  public StepBudget {
    if (steps < 0 || !(maxMinutes >= 0) || (steps == 0 && maxMinutes == 0)) {
      throw new IllegalArgumentException(
          "a run needs a number of steps, or max_minutes with steps: auto");
    }
  }

  /** Whether the number of steps is found while running. */
  public boolean isMeasured() {
    return steps == 0;
  }

  /**
   * How many steps fit.
   *
   * @param done steps taken
   * @param elapsedSeconds since the run began
   * @param secondsPerStep as measured
   */
  public long fitting(long done, double elapsedSeconds, double secondsPerStep) {
    double left = maxMinutes * 60 * (1 - RESERVE) - elapsedSeconds;
    return done + Math.max(1, (long) (left / secondsPerStep));
  }

  /**
   * Whether the time is up.
   *
   * @param fitted whether the number of steps was fitted to the time
   */
  public boolean isOver(double elapsedSeconds, boolean fitted) {
    return maxMinutes > 0 && elapsedSeconds >= maxMinutes * 60 * (fitted ? OVERRUN : 1);
  }
}
