package org.omnimamba.standalone.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.omnimamba.hub.cli.FetchCommand;
import org.omnimamba.training.cli.EvaluateCommand;
import org.omnimamba.training.cli.EvaluateScenesCommand;
import org.omnimamba.training.cli.ExportCommand;
import org.omnimamba.training.cli.PrepareCommand;
import org.omnimamba.training.cli.PrepareScenesCommand;
import org.omnimamba.training.cli.ScoreCommand;
import org.omnimamba.training.cli.TokenizeCommand;
import org.omnimamba.training.cli.TowersCommand;
import org.omnimamba.training.cli.TrainCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code omnimamba}: the root of all commands. */
@Command(
    name = "omnimamba",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "One model that draws and sees.",
    subcommands = {
      ServeCommand.class,
      ImageCommand.class,
      ChatCommand.class,
      KeysCommand.class,
      UsageCommand.class,
      FetchCommand.class,
      ConvertCommand.class,
      InspectCommand.class,
      BenchmarkCommand.class,
      EvaluateCommand.class,
      EvaluateScenesCommand.class,
      ExportCommand.class,
      PrepareCommand.class,
      PrepareScenesCommand.class,
      ScoreCommand.class,
      TokenizeCommand.class,
      TowersCommand.class,
      TrainCommand.class
    })
public final class OmniMambaCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    PrintStream result = System.out;
    // whatever a library prints is no result
    System.setOut(System.err);
    System.setProperty("logback.configurationFile", "omnimamba-cli-logback.xml");
    System.exit(
        execute(
            new PrintWriter(result, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            args));
  }

  /**
   * Runs one command.
   *
   * @param out where its result goes
   * @param err where everything else goes
   * @return the exit code
   */
  static int execute(PrintWriter out, PrintWriter err, String... args) {
    CommandLine root = new CommandLine(new OmniMambaCommand());
    root.getCommandSpec().versionProvider(new Version());
    root.getSubcommands()
        .values()
        .forEach(command -> command.getCommandSpec().versionProvider(new Version()));
    return root.setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(new ErrorReport())
        .setExecutionExceptionHandler(new ErrorReport())
        .execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }
}
