package org.omnimamba.training.run;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import org.omnimamba.training.config.StepBudget;
import org.omnimamba.training.step.StepResult;
import org.omnimamba.training.step.TrainableParameters;

/** Says how far a run is, one line each time. */
public final class Progress {
  private static final int BAR = 20;

  private final PrintWriter out;
  private final String name;
  private double lastSeconds;
  private long lastStep = -1;

  /**
   * @param out where lines go, standard error as a rule
   * @param name of the run, before each line
   */
  public Progress(PrintWriter out, String name) {
    this.out = out;
    this.name = name;
  }

  void begins(TrainableParameters parameters, long step, long total) {
    say(
        "trains %,d values in %d tensors, %d more are frozen; %s"
            .formatted(
                parameters.trainedElements(),
                parameters.names().size(),
                parameters.frozen().size(),
                step == 0 ? "begins" : "goes on at step %d%s".formatted(step, of(total))));
  }

  void measured(long total, double secondsPerStep) {
    say("%.1f ms a step, so %d steps fit".formatted(1e3 * secondsPerStep, total));
  }

  void stepped(StepResult result, double rate, double seconds, long total) {
    StringBuilder line = new StringBuilder();
    long done = result.step() + 1;
    if (total > 0) {
      int filled = (int) Math.min(BAR, BAR * done / total);
      line.append('[').append("#".repeat(filled)).append(".".repeat(BAR - filled)).append("] ");
    }
    line.append("step %d%s  loss %.4f".formatted(done, of(total), result.loss()));
    for (Map.Entry<String, Float> metric : result.metrics().entrySet()) {
      line.append("  %s %.4g".formatted(metric.getKey(), metric.getValue()));
    }
    line.append("  norm %.3g  rate %.2e".formatted(result.gradientNorm(), rate));
    if (lastStep >= 0 && seconds > lastSeconds) {
      double perSecond = (done - lastStep) / (seconds - lastSeconds);
      line.append("  %.1f steps/s".formatted(perSecond));
      if (total > 0) {
        line.append("  %s left".formatted(minutes((total - done) / perSecond)));
      }
    }
    lastStep = done;
    lastSeconds = seconds;
    say(line.toString());
  }

  void ends(long step, TrainingRun.Ending ending, double seconds) {
    String how =
        switch (ending) {
          case FINISHED -> "finished";
          case OUT_OF_TIME -> "out of time";
          case INTERRUPTED -> "interrupted";
        };
    say("%s at step %d after %s".formatted(how, step, minutes(seconds)));
  }

  void warnShortened(long total, StepBudget budget) {
    say(
        ("WARNING: only %d of the configured %d steps fit into max_minutes %s; the schedule is"
                + " shortened to them. Raise run.max_minutes to train as configured")
            .formatted(total, budget.steps(), budget.maxMinutes()));
  }

  void warnOutOfTime(long step, long total, StepBudget budget) {
    say(
        ("WARNING: NOT FINISHED. max_minutes %s are over at step %d%s, and the learning rate has"
                + " not come down. The state is kept; nothing was written for later pieces. Start"
                + " it again with a larger run.max_minutes to go on")
            .formatted(budget.maxMinutes(), step, of(total)));
  }

  private static String of(long total) {
    return total == 0 ? "" : " of " + total;
  }

  private static String minutes(double seconds) {
    long whole = Math.round(seconds);
    return String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
  }

  private void say(String line) {
    out.println(name + ": " + line);
    out.flush();
  }
}
