package org.omnimamba.jobs.webhook;

import io.r2dbc.spi.Readable;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.webhook.signing.SecretCipher;
import org.omnimamba.jobs.webhook.signing.SigningSecret;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Keeps signing secrets, sealed, and replaces them without a gap. */
public final class SigningSecrets {
  /** How many secrets of one receiver may sign at once; their signatures share one header. */
  static final int MOST_IN_FORCE = 10;

  private final DatabaseClient database;
  private final TransactionalOperator transaction;
  private final SecretCipher cipher;
  private final SecureRandom random;
  private final Duration overlap;

  /**
   * Secrets in the service's database.
   *
   * @param overlap how long a replaced secret still signs beside the new one
   */
  public SigningSecrets(
      DatabaseClient database,
      TransactionalOperator transaction,
      SecretCipher cipher,
      SecureRandom random,
      Duration overlap) {
    this.database = database;
    this.transaction = transaction;
    this.cipher = cipher;
    this.random = random;
    this.overlap = overlap;
  }

  /** Makes and keeps a secret; its text is seen here and never again. */
  public Mono<NewSecret> create(String tenant) {
    return generate(tenant, null)
        .flatMap(
            made ->
                database
                    .sql(
                        """
                        INSERT INTO webhook_secret (id, tenant, sealed, created_at)
                        VALUES (:id, :tenant, :sealed, queue_now())
                        """)
                    .bind("id", made.fresh().id())
                    .bind("tenant", tenant)
                    .bind("sealed", ByteBuffer.wrap(made.bytes()))
                    .fetch()
                    .rowsUpdated()
                    .thenReturn(made.fresh()));
  }

  /**
   * Replaces a secret. Each secret that was replaced goes on signing until its own overlap has
   * passed, however often its successors are replaced meanwhile.
   *
   * @return empty when the tenant has none of that id
   * @throws TooManySecretsException (as an error) when {@link #MOST_IN_FORCE} sign already
   */
  public Mono<Rotated> rotate(String tenant, UUID id) {
    return generate(tenant, id)
        .flatMap(
            made ->
                lock(tenant, id)
                    .flatMap(locked -> keepPrevious(id))
                    .then(Mono.defer(() -> refuseTooMany(id)))
                    .then(Mono.defer(() -> replace(tenant, made)))
                    .as(transaction::transactional));
  }

  /** Rotations of one secret take turns: what the later statements read stays as it is. */
  private Mono<UUID> lock(String tenant, UUID id) {
    return database
        .sql("SELECT id FROM webhook_secret WHERE id = :id AND tenant = :tenant FOR UPDATE")
        .bind("id", id)
        .bind("tenant", tenant)
        .map(row -> Objects.requireNonNull(row.get("id", UUID.class)))
        .one();
  }

  /**
   * Moves the secret before the present one to the earlier ones, and clears away what has ended.
   */
  private Mono<Void> keepPrevious(UUID id) {
    Mono<Long> ended =
        database
            .sql(
                "DELETE FROM webhook_earlier_secret"
                    + " WHERE secret_id = :id AND signs_until <= queue_now()")
            .bind("id", id)
            .fetch()
            .rowsUpdated();
    Mono<Long> kept =
        database
            .sql(
                """
                INSERT INTO webhook_earlier_secret (secret_id, sealed, signs_until)
                SELECT id, previous, previous_until FROM webhook_secret
                WHERE id = :id AND previous_until > queue_now()
                """)
            .bind("id", id)
            .fetch()
            .rowsUpdated();
    return ended.then(kept).then();
  }

  private Mono<Void> refuseTooMany(UUID id) {
    return database
        .sql(
            """
            SELECT count(*) AS earlier,
              CAST(EXTRACT(EPOCH FROM min(signs_until) - queue_now()) * 1000 AS bigint) AS millis
            FROM webhook_earlier_secret WHERE secret_id = :id
            """)
        .bind("id", id)
        .map(
            row ->
                Objects.requireNonNull(row.get("earlier", Long.class)) < MOST_IN_FORCE - 1
                    ? Optional.<Duration>empty()
                    : Optional.of(
                        Duration.ofMillis(Objects.requireNonNull(row.get("millis", Long.class)))))
        .one()
        .flatMap(Mono::justOrEmpty)
        .flatMap(wait -> Mono.error(new TooManySecretsException(wait)));
  }

  private Mono<Rotated> replace(String tenant, Made made) {
    return database
        .sql(
            """
            UPDATE webhook_secret SET
              previous = sealed,
              previous_until = queue_now() + make_interval(secs => :overlap),
              sealed = :sealed,
              rotated_at = queue_now()
            WHERE id = :id AND tenant = :tenant
            RETURNING created_at, rotated_at, previous_until
            """)
        .bind("overlap", (double) overlap.toSeconds())
        .bind("sealed", ByteBuffer.wrap(made.bytes()))
        .bind("id", made.fresh().id())
        .bind("tenant", tenant)
        .map(row -> new Rotated(made.fresh(), dates(row)))
        .one();
  }

  /** The secrets that sign at this moment, newest first; empty when there is none of that id. */
  public Mono<List<SigningSecret>> inForce(String tenant, UUID id) {
    return database
        .sql(
            """
            SELECT s.sealed FROM (
              SELECT sealed, 'infinity'::timestamptz AS signs_until FROM webhook_secret
              WHERE id = :id AND tenant = :tenant
              UNION ALL
              SELECT previous, previous_until FROM webhook_secret
              WHERE id = :id AND tenant = :tenant AND previous_until > queue_now()
              UNION ALL
              SELECT e.sealed, e.signs_until FROM webhook_earlier_secret e
              JOIN webhook_secret w ON w.id = e.secret_id
              WHERE w.id = :id AND w.tenant = :tenant AND e.signs_until > queue_now()) s
            ORDER BY s.signs_until DESC
            """)
        .bind("id", id)
        .bind("tenant", tenant)
        .map(row -> Objects.requireNonNull(row.get("sealed", byte[].class)))
        .all()
        .map(bytes -> SigningSecret.of(cipher.open(bytes, context(tenant, id))))
        .collectList()
        .filter(secrets -> !secrets.isEmpty());
  }

  /** When a secret was made and last replaced. */
  public Mono<Dates> dates(String tenant, UUID id) {
    return database
        .sql(
            """
            SELECT created_at, rotated_at, previous_until FROM webhook_secret
            WHERE id = :id AND tenant = :tenant
            """)
        .bind("id", id)
        .bind("tenant", tenant)
        .map(SigningSecrets::dates)
        .one();
  }

  private static Dates dates(Readable row) {
    return new Dates(
        Objects.requireNonNull(row.get("created_at", Instant.class)),
        row.get("rotated_at", Instant.class),
        row.get("previous_until", Instant.class));
  }

  /** A secret and the bytes to keep of it. */
  @SuppressWarnings("ArrayRecordComponent") // handed through once, never compared
  private record Made(NewSecret fresh, byte[] bytes) {}

  /** Both a secret and its sealing read the system's randomness: not on an event loop. */
  private Mono<Made> generate(String tenant, @Nullable UUID known) {
    return Mono.fromCallable(
            () -> {
              UUID id = known == null ? UUID.randomUUID() : known;
              SigningSecret secret = SigningSecret.generate(random);
              return new Made(
                  new NewSecret(id, secret), cipher.seal(secret.bytes(), context(tenant, id)));
            })
        .subscribeOn(Schedulers.boundedElastic());
  }

  private static String context(String tenant, UUID id) {
    return tenant + "/" + id;
  }

  /**
   * A secret that was just made.
   *
   * @param id names it in the database
   * @param secret to be shown once
   */
  public record NewSecret(UUID id, SigningSecret secret) {}

  /**
   * A secret that was made, or made anew.
   *
   * @param fresh the secret
   * @param dates its dates
   */
  public record Rotated(NewSecret fresh, Dates dates) {}

  /**
   * The dates of a secret.
   *
   * @param created when it was first made
   * @param rotated when it was last replaced
   * @param previousUntil until when the one before signs too
   */
  public record Dates(
      Instant created, @Nullable Instant rotated, @Nullable Instant previousUntil) {}
}
