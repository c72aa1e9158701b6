package org.omnimamba.training.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.checkpoint.safetensors.Safetensors;
import org.omnimamba.model.checkpoint.safetensors.SafetensorsReader;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.training.config.RunIdentity;
import org.omnimamba.training.config.StepBudget;
import org.omnimamba.training.run.TrainingRun.Ending;
import org.omnimamba.training.step.InMemoryTensors;
import org.omnimamba.training.step.Loss;
import org.tensorflow.ndarray.Shape;

class TrainingRunTest {
  @TempDir Path folder;

  private final StringWriter said = new StringWriter();
  private final AtomicLong nanos = new AtomicLong();

  private TrainingRun run(Path output, StepBudget budget, TrainingTask task) {
    return run(output, budget, 1, task);
  }

  private TrainingRun run(Path output, StepBudget budget, int accumulate, TrainingTask task) {
    return new TrainingRun(
        TinyRun.settings(output, budget, accumulate),
        task,
        RunIdentity.NONE,
        new Progress(new PrintWriter(said), "tiny"),
        nanos::get);
  }

  private static float[] trained(Path output) {
    try (SafetensorsReader reader = Safetensors.open(output.resolve(TrainingRun.TRAINED_FILE))) {
      return reader.readFloats("vector");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aResumedRunEqualsAStraightOneToTheBit(int accumulate) throws IOException {
    Path straight = folder.resolve("straight");
    Path stopped = folder.resolve("stopped");
    StepBudget sixty = new StepBudget(60, 0);
    assertThat(run(straight, sixty, accumulate, TinyRun.task()).run())
        .isEqualTo(new TrainingRun.Summary(60, Ending.FINISHED));

    AtomicReference<TrainingRun> first = new AtomicReference<>();
    StepListener stopAt =
        (result, parameters) -> {
          if (result.step() == 24) {
            first.get().interrupt();
          }
        };
    first.set(run(stopped, sixty, accumulate, TinyRun.task(stopAt)));
    assertThat(first.get().run()).isEqualTo(new TrainingRun.Summary(25, Ending.INTERRUPTED));
    assertThat(stopped.resolve(TrainingRun.TRAINED_FILE)).doesNotExist();
    assertThat(run(stopped, sixty, accumulate, TinyRun.task()).run())
        .isEqualTo(new TrainingRun.Summary(60, Ending.FINISHED));

    assertThat(trained(stopped)).isEqualTo(trained(straight));
    assertThat(Files.readAllBytes(stopped.resolve(TrainingRun.STATE_FILE)))
        .isEqualTo(Files.readAllBytes(straight.resolve(TrainingRun.STATE_FILE)));
    assertThat(Files.readAllLines(stopped.resolve("curve.csv")))
        .isEqualTo(Files.readAllLines(straight.resolve("curve.csv")))
        .hasSize(61)
        .first()
        .isEqualTo("step,seconds,rate,loss,gradient_norm,sum");
    assertThat(ImageIO.read(stopped.resolve("curve.png").toFile()).getWidth()).isEqualTo(800);
    assertThat(said.toString()).contains("goes on at step 25 of 60", "finished at step 60");
  }

  @Test
  void aFinishedRunDoesNothingAndGoesOnWithMoreSteps() {
    run(folder, new StepBudget(45, 0), TinyRun.task()).run();
    float[] after = trained(folder);
    assertThat(run(folder, new StepBudget(45, 0), TinyRun.task()).run().steps()).isEqualTo(45);
    assertThat(trained(folder)).isEqualTo(after);
    assertThat(run(folder, new StepBudget(50, 0), TinyRun.task()).run().steps()).isEqualTo(50);
    assertThat(trained(folder)).isNotEqualTo(after);
  }

  @Test
  void measuresHowManyStepsFitItsTime() throws IOException {
    // compiling takes 20 seconds, a step one; five minutes are 300
    StepListener oneSecond =
        (result, parameters) -> nanos.addAndGet((result.step() == 0 ? 20 : 1) * 1_000_000_000L);
    TrainingRun.Summary summary = run(folder, new StepBudget(0, 5), TinyRun.task(oneSecond)).run();
    assertThat(summary.ending()).isEqualTo(Ending.FINISHED);
    assertThat(summary.steps()).isBetween(265L, 281L);
    assertThat(nanos.get()).isLessThanOrEqualTo(300_000_000_000L);
    // the rate has come down to its floor
    String last = Files.readAllLines(folder.resolve("curve.csv")).get((int) summary.steps());
    assertThat(Double.parseDouble(last.split(",", -1)[2])).isBetween(0.001, 0.0011);
    assertThat(said.toString()).contains("steps fit");
  }

  @Test
  void batchesThatWereReadySayNothingOfTheSpeed() {
    // the device takes a hundredth of the time that a batch takes to be made
    StepListener waits =
        (result, parameters) ->
            nanos.addAndGet(
                result.step() < TrainingRun.BATCHES_AHEAD ? 10_000_000L : 1_000_000_000L);
    TrainingRun.Summary summary = run(folder, new StepBudget(0, 5), TinyRun.task(waits)).run();
    assertThat(summary.ending()).isEqualTo(Ending.FINISHED);
    assertThat(nanos.get()).isBetween(285_000_000_000L, 300_000_000_000L);
  }

  @Test
  void aScheduleThatDoesNotFitItsTimeIsShortenedAndSaysSo() throws IOException {
    StepListener oneSecond = (result, parameters) -> nanos.addAndGet(1_000_000_000L);
    StepBudget budget = new StepBudget(1000, 2);
    AtomicReference<TrainingRun> first = new AtomicReference<>();
    StepListener stopAt =
        (result, parameters) -> {
          oneSecond.after(result, parameters);
          if (result.step() == 60) {
            first.get().interrupt();
          }
        };
    first.set(run(folder, budget, TinyRun.task(stopAt)));
    assertThat(first.get().run().ending()).isEqualTo(Ending.INTERRUPTED);
    TrainingRun.Summary summary = run(folder, budget, TinyRun.task(oneSecond)).run();
    assertThat(summary.ending()).isEqualTo(Ending.FINISHED);
    assertThat(summary.steps()).isBetween(112L, 117L);
    String last = Files.readAllLines(folder.resolve("curve.csv")).get((int) summary.steps());
    assertThat(Double.parseDouble(last.split(",", -1)[2])).isBetween(0.001, 0.0012);
    assertThat(said.toString())
        .containsSubsequence("WARNING: only", "of the configured 1000 steps", "WARNING: only");

    // the same command finds it done; more time takes the schedule up again
    assertThat(run(folder, budget, TinyRun.task(oneSecond)).run()).isEqualTo(summary);
    assertThat(run(folder, new StepBudget(150, 10), TinyRun.task(oneSecond)).run())
        .isEqualTo(new TrainingRun.Summary(150, Ending.FINISHED));
  }

  @Test
  void aRunThatIsOutOfTimeIsNotDoneAndGoesOnWithMore() {
    StepListener tenSeconds = (result, parameters) -> nanos.addAndGet(10_000_000_000L);
    StepBudget budget = new StepBudget(60, 2);
    for (int start = 0; start < 2; start++) {
      assertThat(run(folder, budget, TinyRun.task(tenSeconds)).run())
          .isEqualTo(new TrainingRun.Summary(12, Ending.OUT_OF_TIME));
      assertThat(folder.resolve(TrainingRun.TRAINED_FILE)).doesNotExist();
    }
    assertThat(said.toString()).contains("WARNING: NOT FINISHED", "step 12 of 60", "max_minutes");
    assertThat(run(folder, new StepBudget(60, 11), TinyRun.task(tenSeconds)).run())
        .isEqualTo(new TrainingRun.Summary(60, Ending.FINISHED));
    assertThat(folder.resolve(TrainingRun.TRAINED_FILE)).exists();
  }

  @Test
  void aLossThatIsNoNumberEndsTheRunAndKeepsTheState() throws IOException {
    run(folder, new StepBudget(41, 0), TinyRun.task()).run();
    byte[] state = Files.readAllBytes(folder.resolve(TrainingRun.STATE_FILE));
    TrainingTask broken =
        new TrainingTask(
            TinyRun.task().objective(),
            name -> true,
            TinyRun.task().initial(),
            number ->
                org.omnimamba.training.data.Batch.empty()
                    .with("target", new float[] {0, Float.NaN, 0, 0, 0, 0}),
            StepListener.NONE);
    assertThatThrownBy(() -> run(folder, new StepBudget(50, 0), broken).run())
        .isInstanceOf(TrainingDivergedException.class)
        .hasMessageContaining("step 41")
        .hasMessageContaining("Lower the learning rate");
    assertThat(Files.readAllBytes(folder.resolve(TrainingRun.STATE_FILE))).isEqualTo(state);
  }

  @Test
  void refusesTheStateOfAnotherTraining() {
    run(folder, new StepBudget(41, 0), TinyRun.task()).run();
    TrainingTask other =
        new TrainingTask(
            scope ->
                Loss.of(
                    scope
                        .tf()
                        .reduceSum(scope.parameters().parameter("other"), scope.tf().constant(0))),
            name -> true,
            new InMemoryTensors().put("other", Shape.of(3), new float[3]),
            number -> org.omnimamba.training.data.Batch.empty(),
            StepListener.NONE);
    assertThatThrownBy(() -> run(folder, new StepBudget(50, 0), other).run())
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("state.safetensors")
        .hasMessageContaining("choose another output");
  }
}
