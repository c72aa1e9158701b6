package org.omnimamba.training.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.omnimamba.training.config.TrainingConfig;
import org.omnimamba.training.config.TrainingConfigReader;
import org.omnimamba.training.run.Progress;
import org.omnimamba.training.run.TrainingRun;
import org.omnimamba.training.run.TrainingTask;
import org.omnimamba.training.run.Trainings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code omnimamba train}: one training, from its start or from where it was stopped. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description =
        "Train what a configuration describes. The same command continues a run that was stopped.")
public final class TrainCommand implements Callable<Integer> {
  /** What an interrupted run may take to save its state. */
  private static final long SAVE_SECONDS = 120;

  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "YAML file of the training, such as models/recipes/emoji/03-language.yaml")
  private Path config;

  @Option(
      names = "--set",
      paramLabel = "NAME=VALUE",
      description =
          "Replace a field of the configuration, such as run.max_minutes=2 or work=/data/emoji;"
              + " may be given several times")
  private Map<String, String> overrides = new LinkedHashMap<>();

  @Override
  public Integer call() throws Exception {
    TrainingConfig training = TrainingConfigReader.read(config, overrides);
    Progress progress = new Progress(spec.commandLine().getErr(), training.name());
    try (TrainingTask task = new Trainings(TrainingKinds.all()).task(training)) {
      TrainingRun run = new TrainingRun(training.run(), task, progress, System::nanoTime);
      TrainingRun.Summary summary = saved(run);
      spec.commandLine()
          .getOut()
          .println(
              summary.finished()
                  ? training.run().output().resolve(TrainingRun.TRAINED_FILE)
                  : training.run().output().resolve(TrainingRun.STATE_FILE));
      return summary.finished() ? 0 : 1;
    }
  }

  /** Runs; when the process is asked to end, the run saves its state first. */
  private static TrainingRun.Summary saved(TrainingRun run) {
    CountDownLatch done = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              run.interrupt();
              try {
                if (!done.await(SAVE_SECONDS, TimeUnit.SECONDS)) {
                  System.err.println("the state could not be saved in time");
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "save-state");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return run.run();
    } finally {
      done.countDown();
      removeHook(hook);
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the process is ending, and the hook runs already
    }
  }
}
