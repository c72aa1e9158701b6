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
        "Train what a configuration describes. The same command continues a run that was stopped.",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:finished: trained.safetensors is there",
      "1:interrupted or failed; the same command goes on",
      "2:wrong usage",
      "3:run.max_minutes are over before the schedule is; more minutes let it go on"
    })
public final class TrainCommand implements Callable<Integer> {
  /** Told from 0 by scripts: what builds on this training has to wait. */
  private static final int INTERRUPTED = 1;

  private static final int OUT_OF_TIME = 3;

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
      TrainingRun run =
          new TrainingRun(training.run(), task, training.identity(), progress, System::nanoTime);
      TrainingRun.Summary summary = saved(run);
      boolean finished = summary.ending() == TrainingRun.Ending.FINISHED;
      spec.commandLine()
          .getOut()
          .println(
              training
                  .run()
                  .output()
                  .resolve(finished ? TrainingRun.TRAINED_FILE : TrainingRun.STATE_FILE));
      return switch (summary.ending()) {
        case FINISHED -> 0;
        case OUT_OF_TIME -> OUT_OF_TIME;
        case INTERRUPTED -> INTERRUPTED;
      };
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
