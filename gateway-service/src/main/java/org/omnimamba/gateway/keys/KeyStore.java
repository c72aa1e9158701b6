package org.omnimamba.gateway.keys;

import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.access.Scope;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The table of keys. */
final class KeyStore {
  /** A name may have two live keys, so that one can be replaced by the other without a gap. */
  static final int LIVE_KEYS_OF_A_NAME = 2;

  private static final String COLUMNS =
      "id, prefix, tenant, name, scopes, created_at, expires_at, last_used_at, revoked_at";

  private final DatabaseClient database;
  private final TransactionalOperator transaction;

  KeyStore(DatabaseClient database, TransactionalOperator transaction) {
    this.database = database;
    this.transaction = transaction;
  }

  Mono<StoredKey.WithDigest> find(String prefix) {
    return database
        .sql("SELECT " + COLUMNS + ", digest FROM gateway_api_key WHERE prefix = :prefix")
        .bind("prefix", prefix)
        .map(row -> new StoredKey.WithDigest(read(row), required(row, "digest", byte[].class)))
        .one();
  }

  Mono<Boolean> hasTenant(String tenant) {
    return database
        .sql("SELECT EXISTS (SELECT FROM gateway_api_key WHERE tenant = :tenant) AS known")
        .bind("tenant", tenant)
        .map(row -> required(row, "known", Boolean.class))
        .one();
  }

  Mono<StoredKey> find(UUID id) {
    return database
        .sql("SELECT " + COLUMNS + " FROM gateway_api_key WHERE id = :id")
        .bind("id", id)
        .map(KeyStore::read)
        .one();
  }

  /** All keys, newest first; of one tenant if one is named. */
  Flux<StoredKey> list(Optional<String> tenant) {
    return database
        .sql(
            "SELECT "
                + COLUMNS
                + " FROM gateway_api_key WHERE :tenant = '' OR tenant = :tenant"
                + " ORDER BY created_at DESC, id LIMIT 1000")
        .bind("tenant", tenant.orElse(""))
        .map(KeyStore::read)
        .all();
  }

  /** Stores the digest of a key; empty if its name has two live keys already. */
  Mono<StoredKey> insert(ApiKey key, NewKey wanted) {
    // The lock is of the name: two creations at once cannot both see one live key.
    Mono<Boolean> free =
        database
            .sql("SELECT pg_advisory_xact_lock(hashtextextended(:name, 300))")
            .bind("name", wanted.tenant() + "/" + wanted.name())
            .then()
            .then(Mono.defer(() -> countLive(wanted)))
            .map(live -> live < LIVE_KEYS_OF_A_NAME);
    return free.filter(Boolean::booleanValue)
        .flatMap(yes -> insertRow(key, wanted))
        .as(transaction::transactional);
  }

  private Mono<Long> countLive(NewKey wanted) {
    return database
        .sql(
            "SELECT count(*) FROM gateway_api_key WHERE tenant = :tenant AND name = :name"
                + " AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())")
        .bind("tenant", wanted.tenant())
        .bind("name", wanted.name())
        .map(row -> required(row, 0, Long.class))
        .one();
  }

  private Mono<StoredKey> insertRow(ApiKey key, NewKey wanted) {
    DatabaseClient.GenericExecuteSpec insert =
        database
            .sql(
                "INSERT INTO gateway_api_key (prefix, digest, tenant, name, scopes, expires_at)"
                    + " VALUES (:prefix, :digest, :tenant, :name, :scopes, :expires)"
                    + " RETURNING "
                    + COLUMNS)
            .bind("prefix", key.prefix())
            .bind("digest", key.digest())
            .bind("tenant", wanted.tenant())
            .bind("name", wanted.name())
            .bind("scopes", wanted.scopes().stream().map(Scope::wireName).toArray(String[]::new));
    Instant expires = wanted.expiresAt();
    insert =
        expires == null
            ? insert.bindNull("expires", Instant.class)
            : insert.bind("expires", expires);
    return insert.map(KeyStore::read).one();
  }

  /** Ends a key; empty if there is none with this id. Ending it again changes nothing. */
  Mono<StoredKey> revoke(UUID id) {
    return database
        .sql(
            "UPDATE gateway_api_key SET revoked_at = coalesce(revoked_at, now()) WHERE id = :id"
                + " RETURNING "
                + COLUMNS)
        .bind("id", id)
        .map(KeyStore::read)
        .one();
  }

  /** Writes when keys were last used, by prefix; an older time never replaces a newer one. */
  Mono<Void> touch(Map<String, Instant> uses) {
    return database
        .sql(
            "UPDATE gateway_api_key k SET last_used_at = greatest(k.last_used_at, u.at)"
                + " FROM unnest(:prefixes, :times) AS u(prefix, at) WHERE k.prefix = u.prefix")
        .bind("prefixes", uses.keySet().toArray(String[]::new))
        .bind("times", uses.values().toArray(Instant[]::new))
        .then();
  }

  private static StoredKey read(Readable row) {
    return new StoredKey(
        required(row, "id", UUID.class),
        required(row, "prefix", String.class),
        required(row, "tenant", String.class),
        required(row, "name", String.class),
        scopes(required(row, "scopes", String[].class)),
        required(row, "created_at", Instant.class),
        row.get("expires_at", Instant.class),
        row.get("last_used_at", Instant.class),
        row.get("revoked_at", Instant.class));
  }

  /** A scope that this version does not know gives nothing. */
  private static Set<Scope> scopes(String[] names) {
    return Arrays.stream(names)
        .flatMap(name -> Scope.ofWireName(name).stream())
        .collect(Collectors.toUnmodifiableSet());
  }

  private static <T> T required(Readable row, Object column, Class<T> type) {
    @Nullable T value =
        column instanceof Integer index ? row.get(index, type) : row.get(column.toString(), type);
    return Objects.requireNonNull(value, () -> column + " is not null in the table");
  }
}
