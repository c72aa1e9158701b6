package org.omnimamba.jobs.file;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.UUID;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Mono;

/** Pieces in the service's own database; they go with the row of their file. */
final class PostgresPieces implements PieceStore {
  private final DatabaseClient database;

  PostgresPieces(DatabaseClient database) {
    this.database = database;
  }

  @Override
  public String name() {
    return "postgres";
  }

  @Override
  public Mono<Void> write(UUID file, int number, byte[] body) {
    return database
        .sql("INSERT INTO stored_file_piece (file_id, number, body) VALUES (:file, :number, :body)")
        .bind("file", file)
        .bind("number", number)
        .bind("body", ByteBuffer.wrap(body))
        .then();
  }

  @Override
  public Mono<byte[]> read(UUID file, int number) {
    return database
        .sql("SELECT body FROM stored_file_piece WHERE file_id = :file AND number = :number")
        .bind("file", file)
        .bind("number", number)
        .map(row -> Objects.requireNonNull(row.get("body", byte[].class)))
        .one();
  }

  @Override
  public Mono<Void> delete(UUID file, int pieces) {
    return Mono.empty();
  }
}
