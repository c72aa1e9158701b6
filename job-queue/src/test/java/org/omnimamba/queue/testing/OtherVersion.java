package org.omnimamba.queue.testing;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Runs test classes once more, in a JVM of their own whose shared server is another version of
 * PostgreSQL.
 */
public final class OtherVersion {
  private static final String OUTCOME = "tests that passed: ";

  private OtherVersion() {}

  /**
   * Runs the classes to their end.
   *
   * @param tests names of test classes
   * @return how many tests passed
   * @throws AssertionError with the output of the run, if a test failed
   */
  public static long run(PostgresVersion version, String... tests)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx1g",
                "-XX:+EnableDynamicAgentLoading",
                "-XX:+AllowRedefinitionToAddDeleteMethods",
                "-D" + PostgresVersion.PROPERTY + "=" + version.major(),
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                OtherVersion.class.getName()));
    command.addAll(List.of(tests));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError("failed on PostgreSQL " + version.major() + ":\n" + output);
    }
    int start = output.lastIndexOf(OUTCOME) + OUTCOME.length();
    return Long.parseLong(output.substring(start).lines().findFirst().orElseThrow());
  }

  /** The other JVM: the arguments are names of test classes. */
  public static void main(String[] names) throws ClassNotFoundException {
    LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
    for (String name : names) {
      request.selectors(selectClass(Class.forName(name)));
    }
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    Launcher launcher = LauncherFactory.create();
    launcher.execute(request.build(), listener);
    TestExecutionSummary summary = listener.getSummary();
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    summary.printFailuresTo(out);
    out.println(OUTCOME + summary.getTestsSucceededCount());
    System.exit(summary.getTotalFailureCount() == 0 ? 0 : 1);
  }
}
