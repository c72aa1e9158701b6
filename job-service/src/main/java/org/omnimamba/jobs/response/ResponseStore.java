package org.omnimamba.jobs.response;

import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.queue.Statements;
import org.omnimamba.queue.job.JobStatus;
import org.omnimamba.queue.job.TransactionHook;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps responses, each for its tenant alone and as long as jobs are kept. A background one goes
 * with its job.
 */
@Component
public class ResponseStore {
  /** Responses of one conversation; each has two messages at least, and a chat takes 64. */
  private static final int LONGEST_CONVERSATION = 32;

  private static final int CLEANING_BATCH = 100;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** The same condition for all that is read. */
  private static final String KEPT =
      "r.tenant = :tenant AND (r.job_id IS NOT NULL"
          + " OR r.created_at > queue_now() - make_interval(secs => :kept))";

  private static final String SELECT =
      """
      SELECT r.id, r.created_at, r.head, r.ended, j.status, j.error_code, j.error_message,
             u.body AS upstream
      FROM response r LEFT JOIN queue_job j ON j.id = r.job_id
      LEFT JOIN job_upstream_error u ON u.job_id = r.job_id
      WHERE r.id = :id AND\s"""
          + KEPT;

  /** The responses of a conversation; what they hold is read once there is memory for it. */
  private static final String CONVERSATION =
      """
      WITH RECURSIVE conversation AS (
          SELECT r.id, r.previous_id, 1 AS depth FROM response r WHERE r.id = :id AND %s
          UNION ALL
          SELECT r.id, r.previous_id, c.depth + 1
          FROM response r JOIN conversation c ON r.id = c.previous_id
          WHERE c.depth < :most AND %s)
      """
          .formatted(KEPT, KEPT);

  private static final String CONVERSATION_BYTES =
      CONVERSATION
          + "SELECT COALESCE(sum(octet_length(r.input) + COALESCE(octet_length(r.ended), 0)), 0)::bigint"
          + " AS bytes FROM conversation c JOIN response r ON r.id = c.id";
  private static final String CONVERSATION_ITEMS =
      CONVERSATION
          + "SELECT r.previous_id, r.input, r.ended"
          + " FROM conversation c JOIN response r ON r.id = c.id ORDER BY c.depth DESC";

  private static final String INSERT_ENDED =
      "INSERT INTO response (id, tenant, created_at, previous_id, head, input, ended)"
          + " VALUES ($1, $2, $3, $4, $5, $6, $7)";
  private static final String INSERT_JOB =
      "INSERT INTO response (id, job_id, tenant, created_at, previous_id, head, input)"
          + " VALUES ($1, $1, $2, $3, $4, $5, $6)";
  private static final String END_JOB = "UPDATE response SET ended = $2 WHERE job_id = $1";

  private final DatabaseClient database;
  private final JobJson json;
  private final double keptSeconds;

  ResponseStore(DatabaseClient database, JobJson json, JobsProperties properties) {
    this.database = database;
    this.json = json;
    this.keptSeconds = seconds(properties.queue().retention());
  }

  /** A response that begins now, under a name of its own; nothing is kept yet. */
  public Mono<StoredResponse> begin(ResponseRequest request) {
    return database
        .sql("SELECT queue_uuidv7() AS id, queue_now() AS now")
        .map(row -> new StoredResponse(id(row), time(row, "now"), request.head(), null, null))
        .one();
  }

  /** Keeps a response that has ended. */
  public Mono<Void> save(
      String tenant, StoredResponse response, ResponseRequest request, ObjectNode ended) {
    UUID previous = request.previous();
    return database
        .sql(
            "INSERT INTO response (id, tenant, created_at, previous_id, head, input, ended)"
                + " VALUES (:id, :tenant, :created, :previous, :head, :input, :ended)")
        .bind("id", response.id())
        .bind("tenant", tenant)
        .bind("created", response.createdAt())
        .bind("previous", previous == null ? Parameters.in(UUID.class) : Parameters.in(previous))
        .bind("head", json.write(response.head()))
        .bind("input", json.write(named(response.id(), request.input())))
        .bind("ended", json.write(ended))
        .then();
  }

  /** Keeps a response of the job's id that has ended, in the transaction that ends the job. */
  TransactionHook storing(ResponseRequest request, ObjectNode ended) {
    return (connection, job) ->
        Statements.update(
                connection,
                INSERT_ENDED,
                job.id(),
                job.tenant(),
                job.times().created(),
                Statements.nullable(request.previous(), UUID.class),
                json.write(request.head()),
                json.write(named(job.id(), request.input())),
                json.write(ended))
            .then();
  }

  /** Keeps a background response, in the transaction that submits its job. */
  public TransactionHook saving(ResponseRequest request) {
    return (connection, job) ->
        Statements.update(
                connection,
                INSERT_JOB,
                job.id(),
                job.tenant(),
                job.times().created(),
                Statements.nullable(request.previous(), UUID.class),
                json.write(request.head()),
                json.write(named(job.id(), request.input())))
            .then();
  }

  /** Keeps the answer of a background response, in the transaction that ends its job. */
  TransactionHook ending(ObjectNode ended) {
    String text = json.write(ended);
    return (connection, job) -> Statements.update(connection, END_JOB, job.id(), text).then();
  }

  /** One of the tenant's responses; empty when it has none of that id. */
  public Mono<StoredResponse> find(String tenant, UUID id) {
    return database
        .sql(SELECT)
        .bind("id", id)
        .bind("tenant", tenant)
        .bind("kept", keptSeconds)
        .map(this::response)
        .one();
  }

  /** The items of a response's own input; empty when the tenant has none of that id. */
  public Mono<ArrayNode> input(String tenant, UUID id) {
    return database
        .sql("SELECT r.input FROM response r WHERE r.id = :id AND " + KEPT)
        .bind("id", id)
        .bind("tenant", tenant)
        .bind("kept", keptSeconds)
        .map(row -> (ArrayNode) json.tree(text(row, "input")))
        .one();
  }

  /** Removes a response that is not a job; whether there was one. */
  public Mono<Boolean> delete(String tenant, UUID id) {
    return database
        .sql("DELETE FROM response WHERE id = :id AND tenant = :tenant AND job_id IS NULL")
        .bind("id", id)
        .bind("tenant", tenant)
        .fetch()
        .rowsUpdated()
        .map(rows -> rows > 0);
  }

  /**
   * The items of the conversation up to a response, oldest first: inputs and outputs in turn. Fails
   * with {@link RefusedResponseException} when a part of it is not there or has not ended well.
   *
   * @param id the last response of it, or null for none
   * @param space what the conversation takes
   */
  public Mono<ArrayNode> conversation(
      String tenant, @Nullable UUID id, ConversationMemory.Space space) {
    if (id == null) {
      return Mono.just(NODES.arrayNode());
    }
    Mono<Long> bytes =
        conversation(CONVERSATION_BYTES, tenant, id)
            .map(row -> Objects.requireNonNull(row.get("bytes", Long.class)))
            .one();
    Mono<List<Turn>> turns =
        conversation(CONVERSATION_ITEMS, tenant, id)
            .map(
                row ->
                    new Turn(
                        row.get("previous_id", UUID.class),
                        json.tree(text(row, "input")),
                        row.get("ended", String.class)))
            .all()
            .collectList();
    return bytes.doOnNext(space::take).then(turns).map(all -> items(id, all));
  }

  private DatabaseClient.GenericExecuteSpec conversation(String sql, String tenant, UUID id) {
    return database
        .sql(sql)
        .bind("id", id)
        .bind("tenant", tenant)
        .bind("kept", keptSeconds)
        .bind("most", LONGEST_CONVERSATION);
  }

  private record Turn(@Nullable UUID previous, JsonNode input, @Nullable String ended) {}

  private ArrayNode items(UUID id, List<Turn> turns) {
    if (turns.isEmpty()) {
      throw noPrevious(ResponseIds.response(id));
    }
    if (turns.get(0).previous() != null) {
      throw turns.size() < LONGEST_CONVERSATION
          ? noPrevious(ResponseIds.response(turns.get(0).previous()))
          : new RefusedResponseException(
              "previous_response_id",
              "context_length_exceeded",
              "The conversation has " + LONGEST_CONVERSATION + " responses, as many as it may.");
    }
    ArrayNode items = NODES.arrayNode();
    for (Turn turn : turns) {
      JsonNode ended = turn.ended() == null ? NODES.objectNode() : json.tree(turn.ended());
      if (ended.path("output").isEmpty()) {
        throw RefusedResponseException.invalid(
            "previous_response_id", "The response to go on from has no answer.");
      }
      turn.input().forEach(items::add);
      ended.path("output").forEach(items::add);
    }
    return items;
  }

  static RefusedResponseException noPrevious(String name) {
    return new RefusedResponseException(
        "previous_response_id",
        "previous_response_not_found",
        "Previous response with id '" + name + "' not found.");
  }

  /** Removes some responses that are kept no longer; gives how many. */
  Mono<Long> clean() {
    return database
        .sql(
            """
            DELETE FROM response WHERE id IN (
                SELECT id FROM response
                WHERE job_id IS NULL AND created_at <= queue_now() - make_interval(secs => :kept)
                ORDER BY created_at LIMIT :most FOR UPDATE SKIP LOCKED)
            """)
        .bind("kept", keptSeconds)
        .bind("most", CLEANING_BATCH)
        .fetch()
        .rowsUpdated();
  }

  private static ArrayNode named(UUID id, ArrayNode items) {
    List<JsonNode> named = new ArrayList<>();
    items.forEach(
        item ->
            named.add(
                ((ObjectNode) item.deepCopy()).put("id", ResponseIds.inputItem(id, named.size()))));
    return NODES.arrayNode().addAll(named);
  }

  private StoredResponse response(Readable row) {
    String ended = row.get("ended", String.class);
    String status = row.get("status", String.class);
    String upstream = row.get("upstream", String.class);
    return new StoredResponse(
        id(row),
        time(row, "created_at"),
        (ObjectNode) json.tree(text(row, "head")),
        ended == null ? null : (ObjectNode) json.tree(ended),
        status == null
            ? null
            : new StoredResponse.JobState(
                JobStatus.ofWireName(status),
                row.get("error_code", String.class),
                row.get("error_message", String.class),
                upstream == null ? null : json.tree(upstream).path("code").asString("")));
  }

  private static UUID id(Readable row) {
    return Objects.requireNonNull(row.get("id", UUID.class));
  }

  private static Instant time(Readable row, String name) {
    return Objects.requireNonNull(row.get(name, Instant.class));
  }

  private static String text(Readable row, String name) {
    return Objects.requireNonNull(row.get(name, String.class));
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }
}
