package org.omnimamba.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pool.ConnectionPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.testing.TestDatabase;
import org.omnimamba.queue.worker.JobHandler;
import org.omnimamba.queue.worker.JobWorker;
import org.omnimamba.queue.worker.WorkerOptions;
import reactor.core.publisher.Mono;

/**
 * The example at the head of the README and of the package's documentation: it runs as it stands.
 */
class ExampleTest {
  private static final Path MODULE = Path.of("");

  private static void example(ConnectionPool pool, Consumer<String> out) {
    // begin of the example
    JobQueue queue = JobQueue.builder(pool).build();
    JobHandler greet =
        context -> Mono.fromRunnable(() -> out.accept("Hello, " + context.payload()));
    JobWorker worker =
        new JobWorker(queue, "greeting", greet, WorkerOptions.of("worker-1", 4), null);
    QueueMaintenance maintenance = new QueueMaintenance(queue, RetentionOptions.DEFAULTS);
    worker.start();
    maintenance.start();
    queue.submit(NewJob.of("greeting", "tenant-1", "world").build()).block();
    worker.drain().block();
    maintenance.close();
    // end of the example
  }

  @Test
  void itGreets() throws Exception {
    try (TestDatabase database = TestDatabase.create()) {
      CompletableFuture<String> greeting = new CompletableFuture<>();
      // a job that is still queued when the worker stops waits for the next one
      do {
        example(database.pool(4), greeting::complete);
      } while (!greeting.isDone());
      assertThat(greeting.get(1, TimeUnit.SECONDS)).isEqualTo("Hello, world");
    }
  }

  @Test
  void theDocumentsShowWhatRuns() throws IOException {
    String source =
        Files.readString(MODULE.resolve("src/test/java/org/omnimamba/queue/ExampleTest.java"));
    String example =
        source
            .substring(
                source.indexOf("// begin of the example\n") + "// begin of the example\n".length(),
                source.lastIndexOf("    // end of the example\n  }"))
            .replaceAll("(?m)^ {4}", "");
    assertThat(Files.readString(MODULE.resolve("README.md")))
        .contains("```java\n" + example + "```");
    String documentation =
        Files.readString(MODULE.resolve("src/main/java/org/omnimamba/queue/package-info.java"));
    assertThat(documentation)
        .contains(
            " * <pre>{@code\n" + example.indent(1).replaceAll("(?m)^ ", " * ") + " * }</pre>");
  }
}
