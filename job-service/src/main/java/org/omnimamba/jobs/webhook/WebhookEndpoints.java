package org.omnimamba.jobs.webhook;

import io.r2dbc.spi.Parameter;
import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcType;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.webhook.SigningSecrets.NewSecret;
import org.omnimamba.jobs.webhook.SigningSecrets.Rotated;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The registered receivers. Every access names the tenant, so no tenant reaches another's. */
public final class WebhookEndpoints {
  private static final String COLUMNS =
      "id, tenant, url, events, description, secret_id, disabled_reason, created_at, updated_at";

  private final DatabaseClient database;
  private final SigningSecrets secrets;
  private final TransactionalOperator transaction;
  private final int most;

  WebhookEndpoints(
      DatabaseClient database,
      SigningSecrets secrets,
      TransactionalOperator transaction,
      int most) {
    this.database = database;
    this.secrets = secrets;
    this.transaction = transaction;
    this.most = most;
  }

  /**
   * A receiver that was just registered.
   *
   * @param endpoint the receiver
   * @param secret its secret, to be shown once
   */
  public record Registered(WebhookEndpoint endpoint, NewSecret secret) {}

  /** Registers a receiver; empty when the tenant has as many as it may have. */
  public Mono<Registered> register(
      String tenant, String url, List<String> events, @Nullable String description) {
    // registrations of one tenant take turns, so that the count is exact
    return database
        .sql("SELECT pg_advisory_xact_lock(hashtext('webhook_endpoint'), hashtext(:tenant))::text")
        .bind("tenant", tenant)
        .fetch()
        .first()
        .then(count(tenant))
        .filter(count -> count < most)
        .flatMap(count -> secrets.create(tenant))
        .flatMap(
            secret ->
                insert(tenant, url, events, description, secret.id())
                    .map(endpoint -> new Registered(endpoint, secret)))
        .as(transaction::transactional);
  }

  /** The tenant's receivers, oldest first. */
  public Flux<WebhookEndpoint> list(String tenant) {
    return database
        .sql(
            "SELECT "
                + COLUMNS
                + " FROM webhook_endpoint WHERE tenant = :tenant ORDER BY created_at, id")
        .bind("tenant", tenant)
        .map(WebhookEndpoints::endpoint)
        .all();
  }

  /** One of the tenant's receivers; empty when it has none of that id. */
  public Mono<WebhookEndpoint> find(String tenant, UUID id) {
    return database
        .sql("SELECT " + COLUMNS + " FROM webhook_endpoint WHERE id = :id AND tenant = :tenant")
        .bind("id", id)
        .bind("tenant", tenant)
        .map(WebhookEndpoints::endpoint)
        .one();
  }

  /**
   * What is to be changed of a receiver; what is null stays as it is.
   *
   * @param url where to
   * @param events which events
   * @param description the tenant's own words
   * @param enabled whether it gets webhooks
   */
  public record Change(
      @Nullable String url,
      @Nullable List<String> events,
      @Nullable String description,
      @Nullable Boolean enabled) {}

  /**
   * Changes a receiver. Only the given members are written, in one statement, so that changes of
   * different members made at once (also a 410 that disables the receiver) are all kept.
   *
   * @return the receiver as it is then; empty when the tenant has none of that id
   */
  public Mono<WebhookEndpoint> change(String tenant, UUID id, Change change) {
    return database
        .sql(
            "UPDATE webhook_endpoint SET url = COALESCE(:url, url),"
                + " events = COALESCE(:events, events),"
                + " description = COALESCE(:description, description),"
                + " disabled_reason = CASE CAST(:enabled AS boolean) WHEN true THEN NULL"
                + " WHEN false THEN COALESCE(disabled_reason, :reason)"
                + " ELSE disabled_reason END,"
                + " updated_at = queue_now()"
                + " WHERE id = :id AND tenant = :tenant RETURNING "
                + COLUMNS)
        .bind("url", text(change.url()))
        .bind("events", texts(change.events()))
        .bind("description", text(change.description()))
        .bind("enabled", flag(change.enabled()))
        .bind("reason", WebhookEndpoint.BY_OWNER)
        .bind("id", id)
        .bind("tenant", tenant)
        .map(WebhookEndpoints::endpoint)
        .one();
  }

  /** See {@link SigningSecrets#rotate}; empty when the tenant has no receiver of that id. */
  public Mono<Rotated> rotate(String tenant, UUID id) {
    return find(tenant, id).flatMap(endpoint -> secrets.rotate(tenant, endpoint.secretId()));
  }

  /** Removes a receiver with its deliveries and its secret. */
  public Mono<Boolean> delete(String tenant, UUID id) {
    return database
        .sql("DELETE FROM webhook_endpoint WHERE id = :id AND tenant = :tenant RETURNING secret_id")
        .bind("id", id)
        .bind("tenant", tenant)
        .map(row -> Objects.requireNonNull(row.get("secret_id", UUID.class)))
        .one()
        .flatMap(
            secret ->
                database
                    .sql("DELETE FROM webhook_secret WHERE id = :id")
                    .bind("id", secret)
                    .fetch()
                    .rowsUpdated())
        .hasElement()
        .as(transaction::transactional);
  }

  private Mono<Long> count(String tenant) {
    return database
        .sql("SELECT count(*) AS n FROM webhook_endpoint WHERE tenant = :tenant")
        .bind("tenant", tenant)
        .map(row -> Objects.requireNonNull(row.get("n", Long.class)))
        .one();
  }

  private Mono<WebhookEndpoint> insert(
      String tenant, String url, List<String> events, @Nullable String description, UUID secret) {
    return database
        .sql(
            "INSERT INTO webhook_endpoint"
                + " (id, tenant, url, events, description, secret_id, created_at, updated_at)"
                + " SELECT queue_uuidv7(), :tenant, :url, :events, :description, :secret, n.at, n.at"
                + " FROM (SELECT queue_now() AS at) n RETURNING "
                + COLUMNS)
        .bind("tenant", tenant)
        .bind("url", url)
        .bind("events", events.toArray(String[]::new))
        .bind("description", text(description))
        .bind("secret", secret)
        .map(WebhookEndpoints::endpoint)
        .one();
  }

  private static Parameter texts(@Nullable List<String> values) {
    return values == null
        ? Parameters.in(String[].class)
        : Parameters.in(values.toArray(String[]::new));
  }

  private static Parameter flag(@Nullable Boolean value) {
    return value == null ? Parameters.in(R2dbcType.BOOLEAN) : Parameters.in(value);
  }

  private static Parameter text(@Nullable String value) {
    return value == null ? Parameters.in(R2dbcType.VARCHAR) : Parameters.in(value);
  }

  private static WebhookEndpoint endpoint(Readable row) {
    return new WebhookEndpoint(
        Objects.requireNonNull(row.get("id", UUID.class)),
        Objects.requireNonNull(row.get("tenant", String.class)),
        Objects.requireNonNull(row.get("url", String.class)),
        List.of(Objects.requireNonNull(row.get("events", String[].class))),
        row.get("description", String.class),
        Objects.requireNonNull(row.get("secret_id", UUID.class)),
        row.get("disabled_reason", String.class),
        Objects.requireNonNull(row.get("created_at", Instant.class)),
        Objects.requireNonNull(row.get("updated_at", Instant.class)));
  }
}
