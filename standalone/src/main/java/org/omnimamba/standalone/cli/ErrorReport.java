package org.omnimamba.standalone.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Says on standard error what went wrong, in one line and without a stack trace. With the
 * environment variable {@code OMNIMAMBA_DEBUG} set, the stack trace of a failure follows.
 */
final class ErrorReport implements IParameterExceptionHandler, IExecutionExceptionHandler {

  @Override
  public int handleParseException(ParameterException exception, String[] args) {
    CommandLine command = exception.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("omnimamba: " + exception.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(exception, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  @Override
  public int handleExecutionException(
      Exception exception, CommandLine command, ParseResult parseResult) {
    if (exception instanceof ParameterException wrongUsage) {
      return handleParseException(wrongUsage, new String[0]);
    }
    PrintWriter err = command.getErr();
    err.println("omnimamba: " + message(exception));
    if (System.getenv("OMNIMAMBA_DEBUG") != null) {
      exception.printStackTrace(err);
    }
    return command.getCommandSpec().exitCodeOnExecutionException();
  }

  /** The message and, where it adds something, its cause's; the type where there is no message. */
  private static String message(Throwable exception) {
    String own =
        exception.getMessage() == null ? exception.getClass().getName() : exception.getMessage();
    Throwable cause = exception.getCause();
    if (cause == null || cause == exception) {
      return own;
    }
    String reason = message(cause);
    return own.contains(reason) ? own : own + ": " + reason;
  }
}
