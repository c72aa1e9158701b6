package org.omnimamba.gateway.pictures;

import io.r2dbc.pool.ConnectionPool;
import java.time.Instant;
import java.util.Objects;
import org.omnimamba.web.database.Database;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/**
 * Pictures in PostgreSQL, over connections of their own: a popular picture must not keep keys
 * waiting.
 */
final class StoredPictures implements PictureStore, DisposableBean {
  private static final int MOST_CONNECTIONS = 4;

  /** The window goes over sizes alone: the pictures themselves lie out of line and are not read. */
  private static final String MAKE_ROOM =
      "DELETE FROM gateway_picture WHERE expires_at <= now() OR id IN (SELECT id FROM ("
          + "SELECT id, sum(size) OVER (ORDER BY expires_at DESC, id) AS total"
          + " FROM gateway_picture WHERE tenant = :tenant) newest"
          + " WHERE total > :bytes AND id <> :id)";

  private final ConnectionPool connections;
  private final DatabaseClient database;
  private final long bytesOfATenant;

  StoredPictures(Database database, long bytesOfATenant) {
    this.connections = database.pool("gateway-pictures", MOST_CONNECTIONS);
    this.database = DatabaseClient.create(connections);
    this.bytesOfATenant = bytesOfATenant;
  }

  @Override
  public Mono<Void> put(String id, String tenant, Picture picture, Instant expires) {
    return database
        .sql(
            "INSERT INTO gateway_picture (id, tenant, size, bytes, expires_at)"
                + " VALUES (:id, :tenant, :size, :bytes, :expires)")
        .bind("id", id)
        .bind("tenant", tenant)
        .bind("size", picture.size())
        .bind("bytes", picture.bytes())
        .bind("expires", expires)
        .then()
        .then(
            database
                .sql(MAKE_ROOM)
                .bind("tenant", tenant)
                .bind("bytes", bytesOfATenant)
                .bind("id", id)
                .then());
  }

  @Override
  public Mono<Picture> find(String id) {
    return database
        .sql("SELECT bytes FROM gateway_picture WHERE id = :id AND expires_at > now()")
        .bind("id", id)
        .map(row -> new Picture(Objects.requireNonNull(row.get("bytes", byte[].class))))
        .one();
  }

  @Override
  public void destroy() {
    connections.dispose();
  }
}
