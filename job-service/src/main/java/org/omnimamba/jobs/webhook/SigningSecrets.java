package org.omnimamba.jobs.webhook;

import io.r2dbc.spi.Readable;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.webhook.signing.SecretCipher;
import org.omnimamba.jobs.webhook.signing.SigningSecret;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Keeps signing secrets, sealed, and replaces them without a gap. */
public final class SigningSecrets {
  private final DatabaseClient database;
  private final SecretCipher cipher;
  private final SecureRandom random;
  private final Duration overlap;

  /**
   * Secrets in the service's database.
   *
   * @param overlap how long a replaced secret still signs beside the new one
   */
  public SigningSecrets(
      DatabaseClient database, SecretCipher cipher, SecureRandom random, Duration overlap) {
    this.database = database;
    this.cipher = cipher;
    this.random = random;
    this.overlap = overlap;
  }

  /** Makes and keeps a secret; its text is seen here and never again. */
  public Mono<NewSecret> create(String tenant) {
    return generate()
        .flatMap(
            fresh ->
                database
                    .sql(
                        """
                        INSERT INTO webhook_secret (id, tenant, sealed, created_at)
                        VALUES (:id, :tenant, :sealed, queue_now())
                        """)
                    .bind("id", fresh.id())
                    .bind("tenant", tenant)
                    .bind("sealed", seal(fresh.secret(), tenant, fresh.id()))
                    .fetch()
                    .rowsUpdated()
                    .thenReturn(fresh));
  }

  /** Replaces a secret; the one before signs too until the overlap has passed. */
  public Mono<NewSecret> rotate(String tenant, UUID id) {
    return generate()
        .map(fresh -> new NewSecret(id, fresh.secret()))
        .flatMap(
            fresh ->
                database
                    .sql(
                        """
                        UPDATE webhook_secret SET
                          previous = sealed,
                          previous_until = queue_now() + make_interval(secs => :overlap),
                          sealed = :sealed,
                          rotated_at = queue_now()
                        WHERE id = :id AND tenant = :tenant
                        """)
                    .bind("overlap", (double) overlap.toSeconds())
                    .bind("sealed", seal(fresh.secret(), tenant, id))
                    .bind("id", id)
                    .bind("tenant", tenant)
                    .fetch()
                    .rowsUpdated()
                    .filter(rows -> rows > 0)
                    .map(rows -> fresh));
  }

  /** The secrets that sign at this moment, newest first; empty when there is none of that id. */
  public Mono<List<SigningSecret>> inForce(String tenant, UUID id) {
    return database
        .sql(
            """
            SELECT sealed, CASE WHEN previous_until > queue_now() THEN previous END AS previous
            FROM webhook_secret WHERE id = :id AND tenant = :tenant
            """)
        .bind("id", id)
        .bind("tenant", tenant)
        .map(row -> open(row, tenant, id))
        .one();
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
        .map(
            row ->
                new Dates(
                    Objects.requireNonNull(row.get("created_at", Instant.class)),
                    row.get("rotated_at", Instant.class),
                    row.get("previous_until", Instant.class)))
        .one();
  }

  private Mono<NewSecret> generate() {
    return Mono.fromCallable(() -> new NewSecret(UUID.randomUUID(), SigningSecret.generate(random)))
        .subscribeOn(Schedulers.boundedElastic());
  }

  private ByteBuffer seal(SigningSecret secret, String tenant, UUID id) {
    return ByteBuffer.wrap(cipher.seal(secret.bytes(), context(tenant, id)));
  }

  private List<SigningSecret> open(Readable row, String tenant, UUID id) {
    List<SigningSecret> secrets = new ArrayList<>();
    for (String column : List.of("sealed", "previous")) {
      byte[] sealed = row.get(column, byte[].class);
      if (sealed != null) {
        secrets.add(SigningSecret.of(cipher.open(sealed, context(tenant, id))));
      }
    }
    return secrets;
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
   * The dates of a secret.
   *
   * @param created when it was first made
   * @param rotated when it was last replaced
   * @param previousUntil until when the one before signs too
   */
  public record Dates(
      Instant created, @Nullable Instant rotated, @Nullable Instant previousUntil) {}
}
