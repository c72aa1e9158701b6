package org.omnimamba.jobs.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.omnimamba.jobs.file.FileStore;
import org.omnimamba.queue.testing.TestDatabase;
import org.omnimamba.web.usage.Usage;
import org.springframework.test.web.reactive.server.WebTestClient;
import tools.jackson.databind.JsonNode;

/**
 * A batch whose processes are killed while it runs; the only one of its tenant.
 *
 * @param service where it was created, which is not killed
 * @param lines how many it has
 */
public record CrashedBatch(
    TestService service, Batches batches, String tenant, String id, int lines) {
  /** The line of a new job, as its attributes tell it, in the condition of a gate. */
  public static final String LINE_OF_JOB =
      "(NEW.attributes::json -> 'metadata' ->> 'line')::integer";

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String KEY = "om_crash";

  /**
   * Creates it, with a webhook that waits for its end.
   *
   * @param bodies of its requests, from line 0
   */
  public static CrashedBatch start(
      TestService service, String tenant, String endpoint, int lines, IntFunction<String> bodies) {
    WebTestClient client =
        service.client(tenant).mutate().defaultHeader("X-OmniMamba-Key", KEY).build();
    Batches batches = new Batches(client);
    batches.tellTheirEnd();
    List<String> requests =
        IntStream.range(0, lines)
            .mapToObj(line -> Batches.line(customId(line), endpoint, bodies.apply(line)))
            .toList();
    return new CrashedBatch(service, batches, tenant, batches.start(endpoint, requests), lines);
  }

  private static String customId(int line) {
    return "q" + line;
  }

  /** Waits until so many requests of it have been answered. */
  public void awaitAnswers(int count) {
    await()
        .atMost(PATIENCE)
        .until(() -> batches.get(id).at("/request_counts/completed").asInt() >= count);
  }

  /**
   * Waits for its end; each line is in one file, once, in order, and everything that goes with it
   * happened once.
   *
   * @param bad the lines that are refused
   * @param used by the others together
   * @return the lines of the output file
   */
  public List<JsonNode> expectEachLineOnce(IntPredicate bad, Usage used) {
    JsonNode batch = batches.awaitStatus(id, "completed");
    List<String> refused = ids(bad);
    List<String> answered = ids(bad.negate());
    assertThat(batch.path("request_counts").toString())
        .isEqualTo(
            "{\"total\":%d,\"completed\":%d,\"failed\":%d}"
                .formatted(lines, answered.size(), refused.size()));
    List<JsonNode> output = batches.lines(batch.path("output_file_id"));
    assertThat(Batches.ids(output)).isEqualTo(answered);
    assertThat(Batches.ids(batches.lines(batch.path("error_file_id")))).isEqualTo(refused);
    assertThat(batch.path("usage").path("total_tokens").asLong())
        .isEqualTo(used.inputTokens() + used.outputTokens());
    assertThat(
            database()
                .text(
                    "SELECT concat_ws(' ', max(key), sum(requests), sum(input_tokens),"
                        + " sum(output_tokens)) FROM usage_counted WHERE tenant = '%s'"
                            .formatted(tenant)))
        .isEqualTo(
            "%s %d %d %d".formatted(KEY, answered.size(), used.inputTokens(), used.outputTokens()));
    assertThat(number("SELECT count(*) FROM webhook_delivery WHERE tenant = '%s'")).isEqualTo(1);
    expectNoOtherJobs(answered.size());
    expectNoOtherFiles();
    return output;
  }

  private List<String> ids(IntPredicate which) {
    return IntStream.range(0, lines).filter(which).mapToObj(CrashedBatch::customId).toList();
  }

  private TestDatabase database() {
    return service.database();
  }

  private long number(String sql) {
    return database().number(sql.formatted(tenant));
  }

  /** One for each line and the one that drove the batch. */
  private void expectNoOtherJobs(int completed) {
    String jobs = "FROM queue_job j WHERE kind LIKE 'batch%%' AND tenant = '%s'";
    await()
        .atMost(PATIENCE)
        .until(() -> number("SELECT count(*) " + jobs + " AND finished_at IS NULL") == 0);
    assertThat(number("SELECT count(*) " + jobs)).isEqualTo(lines + 1);
    assertThat(
            number(
                "SELECT count(DISTINCT l.job_id) FROM batch_line l WHERE l.job_id IN"
                    + " (SELECT id "
                    + jobs
                    + ")"))
        .isEqualTo(lines);
    assertThat(
            number(
                "SELECT count(DISTINCT r.job_id) FROM queue_result r WHERE r.job_id IN"
                    + " (SELECT id "
                    + jobs
                    + ")"))
        .isEqualTo(completed);
  }

  /** What a process that was lost had written of a file goes when it has stood still for long. */
  private void expectNoOtherFiles() {
    database().advance(Duration.ofHours(2));
    service.bean(FileStore.class).clean().block();
    assertThat(
            database()
                .text(
                    "SELECT string_agg(concat_ws(' ', status, purpose, pieces), ', ' ORDER BY id)"
                        + " FROM stored_file WHERE tenant = '%s'".formatted(tenant)))
        .matches("processed batch \\d+, processed batch_output \\d+, processed batch_output \\d+");
    assertThat(
            database()
                .number(
                    "SELECT (SELECT sum(pieces) FROM stored_file)"
                        + " - (SELECT count(*) FROM stored_file_piece)"))
        .isZero();
  }
}
