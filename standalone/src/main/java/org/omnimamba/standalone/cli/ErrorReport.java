package org.omnimamba.standalone.cli;

import java.io.PrintWriter;
import org.omnimamba.standalone.Reason;
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
    err.println("omnimamba: " + Reason.of(exception));
    if (System.getenv("OMNIMAMBA_DEBUG") != null) {
      exception.printStackTrace(err);
    }
    return command.getCommandSpec().exitCodeOnExecutionException();
  }
}
