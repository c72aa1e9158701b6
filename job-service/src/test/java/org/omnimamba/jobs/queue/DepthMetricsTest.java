package org.omnimamba.jobs.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.web.reactive.server.WebTestClient;

/** What Prometheus is told of the queue's depth, by each of two replicas. */
class DepthMetricsTest {
  private static final String[] SETTINGS = {
    "management.server.port=0",
    "omnimamba.jobs.queue.depth-interval=200ms",
    "omnimamba.jobs.worker.concurrency=1",
    "omnimamba.jobs.worker.idle-timeout=120s"
  };

  @Test
  void everyReplicaTellsWhatWaitsAndRunsEverywhere() {
    try (TestService service = new TestService(SETTINGS);
        ConfigurableApplicationContext other =
            service.start(
                "management.server.port=0",
                "omnimamba.jobs.queue.depth-interval=200ms",
                "omnimamba.jobs.worker.enabled=false")) {
      WebTestClient client = service.client("depth");
      awaitMetric(other, "omnimamba_queue_waiting{kind=\"inference\"} 0.0");
      service
          .inference()
          .answering(
              FakeInference.error(400, "invalid_request_error", "bad"), FakeInference.hanging());
      Jobs.awaitStatus(client, Jobs.submitForId(client, Jobs.image("refused")), "failed");
      Jobs.submit(client, Jobs.image("runs"));
      await().atMost(Jobs.PATIENCE).until(() -> service.inference().running() == 1);
      Jobs.submit(client, Jobs.image("waits"));
      String id = Jobs.submitForId(client, Jobs.image("waits too"));
      service
          .database()
          .execute(
              "UPDATE queue_job SET available_at = queue_now() + interval '1 day' WHERE id = '"
                  + id
                  + "'");
      service
          .database()
          .execute(
              "INSERT INTO webhook_delivery (tenant, job_id, url, event, payload, created_at)"
                  + " VALUES ('depth', '"
                  + id
                  + "', 'https://example.org', 'job.completed', '{}', queue_now())");
      service.database().advance(Duration.ofMinutes(10));
      for (ConfigurableApplicationContext replica :
          new ConfigurableApplicationContext[] {service.context(), other}) {
        for (Map.Entry<String, Integer> figure :
            Map.of(
                    "omnimamba_queue_waiting{kind=\"inference\"}", 1,
                    "omnimamba_queue_delayed{kind=\"inference\"}", 1,
                    "omnimamba_queue_running{kind=\"inference\"}", 1,
                    "omnimamba_queue_dead{kind=\"inference\"}", 1,
                    "omnimamba_queue_waiting{kind=\"webhook\"}", 0,
                    "omnimamba_queue_waiting{kind=\"response\"}", 0,
                    "omnimamba_queue_running{kind=\"batch\"}", 0,
                    "omnimamba_queue_dead{kind=\"batch_line\"}", 0,
                    "omnimamba_queue_dead{kind=\"batch_response\"}", 0,
                    "omnimamba_webhooks_pending", 1)
                .entrySet()) {
          awaitMetric(replica, figure.getKey() + " " + figure.getValue() + ".0");
        }
        assertThat(value(replica, "omnimamba_queue_oldest_seconds{kind=\"inference\"}"))
            .isBetween(600.0, 900.0);
        assertThat(value(replica, "omnimamba_queue_depth_age_seconds")).isBetween(0.0, 60.0);
      }
      assertThat(value(service.context(), "omnimamba_queue_hook_failures_total")).isZero();
      assertThat(value(service.context(), "omnimamba_queue_set_aside")).isZero();
      assertThat(service.database().number("SELECT count(*) FROM job_depth")).isEqualTo(1);
    }
  }

  @Test
  void aFigureIsCountedOnceInAnInterval() {
    try (TestService service = new TestService("omnimamba.jobs.queue.depth-interval=10m")) {
      String at = "SELECT at FROM job_depth";
      await()
          .atMost(Jobs.PATIENCE)
          .until(() -> service.database().number("SELECT count(*) FROM job_depth") == 1);
      String counted = service.database().text(at);
      try (ConfigurableApplicationContext other =
          service.start("omnimamba.jobs.queue.depth-interval=10m")) {
        DepthWatch watch = other.getBean(DepthWatch.class);
        await().atMost(Jobs.PATIENCE).until(() -> watch.depths() != null);
      }
      assertThat(service.database().text(at)).isEqualTo(counted);
    }
  }

  @Test
  void theDashboardAsksForMetersThatExist() throws Exception {
    String dashboard = Files.readString(Path.of("..", "docs", "grafana", "omnimamba-jobs.json"));
    Set<String> asked =
        Pattern.compile("omnimamba_[a-z_]+")
            .matcher(dashboard)
            .results()
            .map(MatchResult::group)
            .collect(Collectors.toSet());
    try (TestService service = new TestService(SETTINGS)) {
      awaitMetric(service.context(), "omnimamba_queue_waiting{kind=\"inference\"} 0.0");
      assertThat(asked).hasSizeGreaterThan(5);
      String metrics = metrics(service.context());
      assertThat(asked)
          .allSatisfy(name -> assertThat(metrics).containsPattern("\n" + name + "[ {]"));
    }
  }

  private static void awaitMetric(ConfigurableApplicationContext replica, String line) {
    await()
        .atMost(Jobs.PATIENCE)
        .untilAsserted(() -> assertThat(metrics(replica)).contains(line + "\n"));
  }

  private static double value(ConfigurableApplicationContext replica, String name) {
    return metrics(replica)
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow();
  }

  /** The meters without the tag that all of them bear. */
  private static String metrics(ConfigurableApplicationContext replica) {
    String text =
        WebTestClient.bindToServer()
            .baseUrl(
                "http://127.0.0.1:"
                    + replica.getEnvironment().getRequiredProperty("local.management.port"))
            .defaultHeader("X-OmniMamba-Internal-Token", TestService.TOKEN)
            .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(16 << 20))
            .build()
            .get()
            .uri("/actuator/prometheus")
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody(String.class)
            .returnResult()
            .getResponseBody();
    return text.replace("application=\"job-service\",", "")
        .replace("{application=\"job-service\"}", "");
  }
}
