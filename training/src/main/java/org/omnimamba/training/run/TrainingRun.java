package org.omnimamba.training.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.training.config.RunIdentity;
import org.omnimamba.training.config.RunSettings;
import org.omnimamba.training.config.StepBudget;
import org.omnimamba.training.data.Batch;
import org.omnimamba.training.data.Prefetcher;
import org.omnimamba.training.schedule.CosineSchedule;
import org.omnimamba.training.step.StepResult;
import org.omnimamba.training.step.TrainableParameters;
import org.omnimamba.training.step.Trainer;
import org.omnimamba.training.step.TrainingState;

/** Carries out one run, from its initial values or from its state. */
public final class TrainingRun {
  /** Everything to continue from. */
  public static final String STATE_FILE = "state.safetensors";

  /** The trained parameters under their checkpoint names. */
  public static final String TRAINED_FILE = "trained.safetensors";

  /** Batches that are ready, or being made: on a machine of many processors, one on each. */
  static final int BATCHES_AHEAD = Math.max(12, Runtime.getRuntime().availableProcessors());

  private static final String TOTAL_STEPS = "total_steps";
  private static final String IDENTITY = "identity";
  private static final String ELAPSED_SECONDS = "elapsed_seconds";

  /** The budget for which a schedule was shortened. */
  private static final String SHORTENED_FOR = "shortened_for";

  private final RunSettings settings;
  private final TrainingTask task;
  private final RunIdentity identity;
  private final Progress progress;
  private final LongSupplier nanoTime;
  private volatile boolean interrupted;

  private long totalSteps;

  /** Whether {@link #totalSteps} was fitted to the time, so that the schedule ends with it. */
  private boolean fitted;

  private double earlierSeconds;
  private long begun;

  /**
   * @param identity what a state must have been saved with for the run to go on from it
   * @param nanoTime the clock, {@code System::nanoTime}
   */
  public TrainingRun(
      RunSettings settings,
      TrainingTask task,
      RunIdentity identity,
      Progress progress,
      LongSupplier nanoTime) {
    this.settings = settings;
    this.task = task;
    this.identity = identity;
    this.progress = progress;
    this.nanoTime = nanoTime;
    this.totalSteps = settings.budget().steps();
  }

  /** Why a run ended. */
  public enum Ending {
    /** All steps of its schedule are taken; only then are there trained parameters. */
    FINISHED,
    /** Its minutes are over and its schedule is not; more minutes let it go on. */
    OUT_OF_TIME,
    /** It was asked to end. */
    INTERRUPTED
  }

  /**
   * How a run ended.
   *
   * @param steps taken in all, earlier starts included
   */
  public record Summary(long steps, Ending ending) {}

  /** Lets the run end after the present step, with its state saved. For other threads. */
  public void interrupt() {
    interrupted = true;
  }

  /**
   * Runs to the end. Does nothing if an earlier start got there.
   *
   * @throws TrainingDivergedException if the loss is no number
   * @throws org.omnimamba.model.checkpoint.tensor.CheckpointException if there is a state of
   *     another training
   */
  public Summary run() {
    begun = nanoTime.getAsLong();
    createOutput();
    requireOwnState();
    try (DeviceProgram program = new DeviceProgram(settings.execution())) {
      TrainableParameters parameters =
          TrainableParameters.load(program, task.initial(), task.trained(), task.objective());
      Trainer trainer = Trainer.create(program, parameters, task.objective(), settings.options());
      resume(trainer);
      progress.begins(parameters, trainer.step(), totalSteps);
      long firstBatch = trainer.step() * settings.options().accumulate();
      try (LossCurve curve = LossCurve.open(settings.output(), trainer.step());
          Prefetcher batches = new Prefetcher(task.batches(), firstBatch, BATCHES_AHEAD)) {
        loop(trainer, batches, curve);
      }
      Ending ending = ending(trainer);
      save(trainer);
      if (ending == Ending.FINISHED) {
        trainer.saveTrained(settings.output().resolve(TRAINED_FILE));
      }
      CurvePlot.write(settings.output());
      progress.ends(trainer.step(), ending, elapsedSeconds());
      warn(ending, trainer.step());
      return new Summary(trainer.step(), ending);
    }
  }

  private Ending ending(Trainer trainer) {
    if (allTaken(trainer)) {
      return Ending.FINISHED;
    }
    return settings.budget().isOver(elapsedSeconds(), fitted)
        ? Ending.OUT_OF_TIME
        : Ending.INTERRUPTED;
  }

  /** Of what is not as it was configured, at the end, where it is not overlooked. */
  private void warn(Ending ending, long steps) {
    if (ending == Ending.OUT_OF_TIME) {
      progress.warnOutOfTime(steps, totalSteps, settings.budget());
    } else if (ending == Ending.FINISHED && isShortened()) {
      progress.warnShortened(totalSteps, settings.budget());
    }
  }

  private boolean isShortened() {
    return fitted && !settings.budget().isMeasured();
  }

  private void createOutput() {
    try {
      Files.createDirectories(settings.output());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot create " + settings.output(), e);
    }
  }

  /** Checked before anything large is loaded. */
  private void requireOwnState() {
    Path state = settings.output().resolve(STATE_FILE);
    String saved = Files.exists(state) ? TrainingState.notes(state).get(IDENTITY) : null;
    // states of runs without a configuration have none
    if (saved != null) {
      identity.requireSame(state.toString(), saved);
    }
  }

  private void resume(Trainer trainer) {
    Path state = settings.output().resolve(STATE_FILE);
    if (!Files.exists(state)) {
      return;
    }
    Map<String, String> notes = trainer.resume(state);
    earlierSeconds = Double.parseDouble(notes.getOrDefault(ELAPSED_SECONDS, "0"));
    // another budget than the one for which the schedule was shortened deserves another look
    if (settings.budget().isMeasured()
        || settings.budget().toString().equals(notes.get(SHORTENED_FOR))) {
      totalSteps = Long.parseLong(notes.getOrDefault(TOTAL_STEPS, "0"));
      fitted = totalSteps > 0;
    }
  }

  private void loop(Trainer trainer, Prefetcher source, LossCurve curve) {
    double lastSave = elapsedSeconds();
    double settled = 0;
    boolean fits = fitted || settings.budget().maxMinutes() == 0;
    // the batches of the first steps were made while the first one was compiled
    long settledAt =
        trainer.step() + StepBudget.SETTLED_AFTER + BATCHES_AHEAD / settings.options().accumulate();
    while (!interrupted && !isOver(trainer)) {
      double rate = schedule().rate(trainer.step());
      StepResult result = trainer.run(microBatches(source), rate);
      if (!Float.isFinite(result.loss()) || !Float.isFinite(result.gradientNorm())) {
        throw new TrainingDivergedException(result.step(), result.loss(), result.gradientNorm());
      }
      task.listener().after(result, trainer.parameters());
      double now = elapsedSeconds();
      if (trainer.step() == settledAt) {
        settled = now;
      }
      if (!fits && trainer.step() >= settledAt + StepBudget.MEASURED_BY / 2) {
        fit(trainer.step(), now, (now - settled) / (trainer.step() - settledAt));
        fits = true;
      }
      if (result.step() % settings.logEvery() == 0 || trainer.step() == totalSteps) {
        curve.add(result, rate, now);
        progress.stepped(result, rate, now, totalSteps);
      }
      if (settings.checkpointMinutes() > 0 && now - lastSave >= 60 * settings.checkpointMinutes()) {
        save(trainer);
        lastSave = elapsedSeconds();
      }
    }
  }

  private void fit(long done, double now, double secondsPerStep) {
    long fitting = settings.budget().fitting(done, now, secondsPerStep);
    if (totalSteps > 0 && totalSteps <= fitting) {
      return;
    }
    totalSteps = fitting;
    fitted = true;
    progress.measured(totalSteps, secondsPerStep);
    if (isShortened()) {
      progress.warnShortened(totalSteps, settings.budget());
    }
  }

  /** While the number of steps is not known, the rate warms up and does not depend on it. */
  private CosineSchedule schedule() {
    return new CosineSchedule(
        settings.learningRate(),
        settings.warmupSteps(),
        totalSteps == 0 ? Long.MAX_VALUE : totalSteps,
        settings.rateFloor());
  }

  private List<Batch> microBatches(Prefetcher source) {
    List<Batch> batches = new ArrayList<>();
    try {
      for (int i = 0; i < settings.options().accumulate(); i++) {
        batches.add(source.next());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a batch", e);
    }
    return batches;
  }

  private boolean isOver(Trainer trainer) {
    return allTaken(trainer) || settings.budget().isOver(elapsedSeconds(), fitted);
  }

  private boolean allTaken(Trainer trainer) {
    return totalSteps > 0 && trainer.step() >= totalSteps;
  }

  private void save(Trainer trainer) {
    Map<String, String> notes = new LinkedHashMap<>();
    notes.put(TOTAL_STEPS, Long.toString(totalSteps));
    notes.put(ELAPSED_SECONDS, Double.toString(elapsedSeconds()));
    if (!identity.equals(RunIdentity.NONE)) {
      notes.put(IDENTITY, identity.text());
    }
    if (isShortened()) {
      notes.put(SHORTENED_FOR, settings.budget().toString());
    }
    trainer.save(settings.output().resolve(STATE_FILE), notes);
  }

  private double elapsedSeconds() {
    return earlierSeconds + (nanoTime.getAsLong() - begun) / 1e9;
  }
}
