package org.omnimamba.model.testing;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import org.tensorflow.TensorFlow;

/**
 * Runs one test class without a build, for machines that have none, and leaves what {@code
 * benchmarks/oracle.sh} puts together: {@code OracleRun FILE CLASS} writes a row of a Markdown
 * table (class, passed, failed, skipped, seconds) and below it what the tests measured; {@code
 * OracleRun FILE} writes the versions. Failures go to the standard error, and the exit status is 1.
 */
public final class OracleRun {
  private static final int STACK_LINES = 25;

  private OracleRun() {}

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    if (args.length == 1) {
      Files.writeString(
          file,
          "Java %s, TensorFlow %s, %s %s, %d processors%n"
              .formatted(
                  Runtime.version(),
                  TensorFlow.version(),
                  System.getProperty("os.name"),
                  System.getProperty("os.arch"),
                  Runtime.getRuntime().availableProcessors()));
      return;
    }
    System.exit(run(args[1], file) ? 0 : 1);
  }

  private static boolean run(String className, Path file) throws IOException {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    Measured measured = new Measured();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request().selectors(selectClass(className)).build(),
            listener,
            measured);
    TestExecutionSummary summary = listener.getSummary();
    summary.printFailuresTo(new PrintWriter(System.err, true), STACK_LINES);
    // containers count as well: a class whose model does not load has no tests that could fail
    long failed = summary.getTotalFailureCount();
    long skipped = summary.getTestsSkippedCount() + summary.getTestsAbortedCount();
    List<String> lines = new ArrayList<>();
    lines.add(
        "| %s | %d | %d | %d | %.0f |"
            .formatted(
                className.substring(className.lastIndexOf('.') + 1),
                summary.getTestsSucceededCount(),
                failed,
                skipped,
                (summary.getTimeFinished() - summary.getTimeStarted()) / 1e3));
    lines.addAll(measured.lines);
    Files.write(file, lines);
    return failed == 0 && summary.getTestsSucceededCount() > 0;
  }

  /** Collects what tests publish. */
  private static final class Measured implements TestExecutionListener {
    private final List<String> lines = new ArrayList<>();

    @Override
    public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
      entry.getKeyValuePairs().forEach((key, value) -> lines.add("- %s: %s".formatted(key, value)));
    }
  }
}
