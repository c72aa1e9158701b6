package org.omnimamba.jobs.webhook;

import java.util.List;
import java.util.UUID;
import org.omnimamba.jobs.webhook.SigningSecrets.Rotated;
import org.omnimamba.jobs.webhook.signing.SigningSecret;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;
import reactor.core.publisher.Mono;

/** The one secret of a tenant that signs webhooks given with a job. */
public final class TenantSecrets {
  private final DatabaseClient database;
  private final SigningSecrets secrets;
  private final TransactionalOperator transaction;

  TenantSecrets(
      DatabaseClient database, SigningSecrets secrets, TransactionalOperator transaction) {
    this.database = database;
    this.secrets = secrets;
    this.transaction = transaction;
  }

  /** Makes the tenant's secret, or replaces the one it has; requests of one tenant take turns. */
  public Mono<Rotated> createOrRotate(String tenant) {
    Mono<Rotated> create =
        secrets
            .create(tenant)
            .flatMap(
                fresh ->
                    database
                        .sql(
                            "INSERT INTO webhook_tenant_secret (tenant, secret_id)"
                                + " VALUES (:tenant, :id)")
                        .bind("tenant", tenant)
                        .bind("id", fresh.id())
                        .fetch()
                        .rowsUpdated()
                        .then(secrets.dates(tenant, fresh.id()))
                        .map(dates -> new Rotated(fresh, dates)));
    return database
        .sql(
            "SELECT pg_advisory_xact_lock(hashtext('webhook_tenant_secret'), hashtext(:tenant))::text")
        .bind("tenant", tenant)
        .fetch()
        .first()
        .then(Mono.defer(() -> find(tenant)))
        .flatMap(id -> secrets.rotate(tenant, id))
        .switchIfEmpty(create)
        .as(transaction::transactional);
  }

  /** The id of the tenant's secret; empty when it has none. */
  public Mono<UUID> find(String tenant) {
    return database
        .sql("SELECT secret_id FROM webhook_tenant_secret WHERE tenant = :tenant")
        .bind("tenant", tenant)
        .map(row -> row.get("secret_id", UUID.class))
        .one();
  }

  /** The secrets that sign at this moment; empty when the tenant has none. */
  public Mono<List<SigningSecret>> inForce(String tenant) {
    return find(tenant).flatMap(id -> secrets.inForce(tenant, id));
  }

  /** See {@link SigningSecrets#dates}. */
  public Mono<SigningSecrets.Dates> dates(String tenant) {
    return find(tenant).flatMap(id -> secrets.dates(tenant, id));
  }
}
