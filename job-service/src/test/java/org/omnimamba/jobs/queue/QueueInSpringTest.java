package org.omnimamba.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.r2dbc.pool.ConnectionPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.QueueMaintenance;
import org.omnimamba.queue.RetentionOptions;
import org.omnimamba.queue.job.NewJob;
import org.omnimamba.queue.testing.TestDatabase;
import org.omnimamba.queue.worker.JobHandler;
import org.omnimamba.queue.worker.JobWorker;
import org.omnimamba.queue.worker.WorkerOptions;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Mono;

/** The queue's README says how to have it in a Spring application: what it says runs. */
class QueueInSpringTest {
  // begin of the example
  @Configuration
  static class Jobs {
    @Bean
    JobQueue queue(ConnectionPool pool) {
      return JobQueue.builder(pool).build();
    }

    @Bean(initMethod = "start", destroyMethod = "close")
    QueueMaintenance maintenance(JobQueue queue) {
      return new QueueMaintenance(queue, RetentionOptions.DEFAULTS);
    }

    @Bean
    JobWorker greeter(JobQueue queue, JobHandler greet) {
      return new JobWorker(queue, "greeting", greet, WorkerOptions.of("worker-1", 4), null);
    }

    @Bean
    SmartLifecycle greeterLife(JobWorker greeter) {
      return new SmartLifecycle() {
        private volatile boolean running;

        @Override
        public void start() {
          greeter.start();
          running = true;
        }

        @Override
        public void stop() {
          greeter.drain().block();
          running = false;
        }

        @Override
        public boolean isRunning() {
          return running;
        }
      };
    }
  }

  // end of the example

  @Test
  void aContextStartsTheWorkerAndDrainsItAtItsEnd() throws Exception {
    CompletableFuture<String> greeting = new CompletableFuture<>();
    JobHandler greet =
        context -> Mono.fromRunnable(() -> greeting.complete("Hello, " + context.payload()));
    try (TestDatabase database = TestDatabase.create();
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
      context.getBeanFactory().registerSingleton("pool", database.pool(4));
      context.getBeanFactory().registerSingleton("greet", greet);
      context.register(Jobs.class);
      context.refresh();

      JobQueue queue = context.getBean(JobQueue.class);
      queue.submit(NewJob.of("greeting", "tenant-1", "world").build()).block();
      assertThat(greeting.get(30, TimeUnit.SECONDS)).isEqualTo("Hello, world");

      JobWorker worker = context.getBean(JobWorker.class);
      SmartLifecycle life = context.getBean(SmartLifecycle.class);
      context.close();
      assertThat(worker.running()).isZero();
      assertThat(life.isRunning()).isFalse();
    }
  }

  @Test
  void theReadmeShowsWhatRuns() throws IOException {
    String source =
        Files.readString(Path.of("src/test/java/org/omnimamba/jobs/queue/QueueInSpringTest.java"));
    String begin = "// begin of the example\n";
    String example =
        source
            .substring(
                source.indexOf(begin) + begin.length(), source.indexOf("\n  // end of the example"))
            .replaceAll("(?m)^ {2}", "");
    assertThat(Files.readString(Path.of("../job-queue/README.md")))
        .contains("```java\n" + example + "```");
  }
}
