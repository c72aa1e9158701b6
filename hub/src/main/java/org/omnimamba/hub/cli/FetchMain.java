package org.omnimamba.hub.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** {@code fetch} as a program, for a container that runs before the service. */
public final class FetchMain {
  private FetchMain() {}

  /** Ends the process: 0 done, 1 failed, 2 wrong usage. */
  public static void main(String[] args) {
    PrintStream result = System.out;
    // whatever a library prints is no result
    System.setOut(System.err);
    System.exit(
        execute(
            new PrintWriter(result, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            args));
  }

  static int execute(PrintWriter out, PrintWriter err, String... args) {
    CommandLine command = new CommandLine(new FetchCommand());
    return command
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(
            (wrong, given) -> {
              err.println("omnimamba: " + wrong.getMessage());
              return command.getCommandSpec().exitCodeOnInvalidInput();
            })
        .setExecutionExceptionHandler(
            (failure, commandLine, parsed) -> {
              err.println(
                  "omnimamba: "
                      + (failure.getMessage() == null
                          ? failure.getClass().getName()
                          : failure.getMessage()));
              if (failure instanceof CommandLine.ParameterException) {
                return command.getCommandSpec().exitCodeOnInvalidInput();
              }
              if (System.getenv("OMNIMAMBA_DEBUG") != null) {
                failure.printStackTrace(err);
              }
              return command.getCommandSpec().exitCodeOnExecutionException();
            })
        .execute(args);
  }
}
