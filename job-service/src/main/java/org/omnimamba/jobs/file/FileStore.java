package org.omnimamba.jobs.file;

import io.r2dbc.spi.Parameters;
import io.r2dbc.spi.R2dbcType;
import io.r2dbc.spi.Readable;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The files of all tenants. Every access names the tenant, so no tenant reaches another's. */
public final class FileStore {
  /** The size of a piece in bytes. */
  static final int PIECE = 1 << 20;

  /** How long an upload or a deletion may stand still before the upkeep removes its file. */
  private static final Duration LOST = Duration.ofHours(1);

  private static final int CLEANED_AT_ONCE = 100;
  private static final String COLUMNS =
      "id, tenant, filename, purpose, bytes, pieces, store, created_at, expires_at";
  private static final String THERE =
      " status = 'processed' AND (expires_at IS NULL OR expires_at > queue_now())";

  /** No batch that has not ended reads it. */
  private static final String UNREAD =
      "NOT EXISTS (SELECT FROM batch b WHERE b.input_file_id = stored_file.id"
          + " AND b.status IN ('validating', 'in_progress', 'finalizing', 'cancelling'))";

  private final DatabaseClient database;
  private final List<PieceStore> stores;
  private final int mostFiles;

  /**
   * Files in these stores.
   *
   * @param stores the first takes new files, each is asked for its own
   * @param mostFiles files of one tenant
   */
  FileStore(DatabaseClient database, List<PieceStore> stores, int mostFiles) {
    this.database = database;
    this.stores = List.copyOf(stores);
    this.mostFiles = mostFiles;
  }

  /**
   * Begins a file.
   *
   * @return fails with {@link TooManyFilesException} when the tenant has as many as it may have
   */
  public Mono<FileUpload> begin(String tenant) {
    return begin(tenant, mostFiles);
  }

  /** Begins a file of the platform's own for the tenant, however many files it has. */
  public Mono<FileUpload> beginOutput(String tenant) {
    return begin(tenant, Integer.MAX_VALUE);
  }

  private Mono<FileUpload> begin(String tenant, int most) {
    PieceStore store = stores.get(0);
    return database
        .sql(
            """
            INSERT INTO stored_file
              (tenant, filename, purpose, store, status, created_at, touched_at)
            SELECT :tenant, '', '', :store, 'uploading', n.at, n.at
            FROM (SELECT queue_now() AS at) n
            WHERE (SELECT count(*) FROM stored_file f
                   WHERE f.tenant = :tenant AND f.status <> 'deleting') < :most
            RETURNING id
            """)
        .bind("tenant", tenant)
        .bind("store", store.name())
        .bind("most", most)
        .map(row -> new FileUpload(this, Objects.requireNonNull(row.get("id", UUID.class)), store))
        .one()
        .switchIfEmpty(Mono.error(() -> new TooManyFilesException(most)));
  }

  Mono<Void> touch(UUID id, int pieces) {
    return database
        .sql(
            "UPDATE stored_file SET pieces = :pieces, touched_at = queue_now()"
                + " WHERE id = :id AND status = 'uploading'")
        .bind("pieces", pieces)
        .bind("id", id)
        .fetch()
        .rowsUpdated()
        .filter(rows -> rows == 1)
        .switchIfEmpty(Mono.error(() -> new IllegalStateException("the upload was removed: " + id)))
        .then();
  }

  Mono<StoredFile> show(
      UUID id,
      String filename,
      String purpose,
      long bytes,
      int pieces,
      @Nullable Duration expiresAfter) {
    return database
        .sql(
            "UPDATE stored_file SET status = 'processed', filename = :filename,"
                + " purpose = :purpose, bytes = :bytes, pieces = :pieces,"
                + " expires_at = created_at + make_interval(secs => :seconds)"
                + " WHERE id = :id AND status = 'uploading' RETURNING "
                + COLUMNS)
        .bind("filename", filename)
        .bind("purpose", purpose)
        .bind("bytes", bytes)
        .bind("pieces", pieces)
        .bind(
            "seconds",
            expiresAfter == null
                ? Parameters.in(R2dbcType.DOUBLE)
                : Parameters.in((double) expiresAfter.toSeconds()))
        .bind("id", id)
        .map(FileStore::file)
        .one()
        .switchIfEmpty(
            Mono.error(() -> new IllegalStateException("the upload was removed: " + id)));
  }

  /** One of the tenant's files; empty when it has none of that id. */
  public Mono<StoredFile> find(String tenant, UUID id) {
    return database
        .sql(
            "SELECT "
                + COLUMNS
                + " FROM stored_file WHERE id = :id AND tenant = :tenant AND"
                + THERE)
        .bind("id", id)
        .bind("tenant", tenant)
        .map(FileStore::file)
        .one();
  }

  /** The input of a batch that runs, also when its time is over meanwhile; empty without it. */
  public Mono<StoredFile> findInput(String tenant, UUID id) {
    return database
        .sql(
            "SELECT "
                + COLUMNS
                + " FROM stored_file WHERE id = :id AND tenant = :tenant AND status = 'processed'")
        .bind("id", id)
        .bind("tenant", tenant)
        .map(FileStore::file)
        .one();
  }

  /**
   * A page of the tenant's files, by when they were made.
   *
   * @param purpose only those, or null for all
   * @param after the page begins after this one, or null for the first page
   * @param ascending oldest first instead of newest first
   */
  public Flux<StoredFile> list(
      String tenant, @Nullable String purpose, @Nullable UUID after, boolean ascending, int limit) {
    return database
        .sql(
            "SELECT "
                + COLUMNS
                + " FROM stored_file WHERE tenant = :tenant AND"
                + THERE
                + " AND (CAST(:purpose AS text) IS NULL OR purpose = :purpose)"
                + " AND (CAST(:after AS uuid) IS NULL OR id "
                + (ascending ? ">" : "<")
                + " CAST(:after AS uuid)) ORDER BY id "
                + (ascending ? "ASC" : "DESC")
                + " LIMIT :limit")
        .bind("tenant", tenant)
        .bind(
            "purpose", purpose == null ? Parameters.in(R2dbcType.VARCHAR) : Parameters.in(purpose))
        .bind("after", after == null ? Parameters.in(UUID.class) : Parameters.in(after))
        .bind("limit", limit)
        .map(FileStore::file)
        .all();
  }

  /**
   * The bytes of a file, a piece at a time.
   *
   * @param from the first byte, from 0
   * @param length how many bytes; they lie within the file
   * @return fails when a piece is missing
   */
  public Flux<byte[]> read(StoredFile file, long from, long length) {
    if (length == 0) {
      return Flux.empty();
    }
    PieceStore store = store(file.store());
    int first = (int) (from / PIECE);
    int last = (int) ((from + length - 1) / PIECE);
    return Flux.range(first, last - first + 1)
        .concatMap(
            number ->
                store
                    .read(file.id(), number)
                    .switchIfEmpty(
                        Mono.error(
                            () ->
                                new IllegalStateException(
                                    "piece " + number + " of file " + file.id() + " is missing")))
                    .map(piece -> part(piece, (long) number * PIECE, from, from + length)),
            1);
  }

  private static byte[] part(byte[] piece, long start, long from, long to) {
    int begin = (int) Math.max(0, from - start);
    int end = (int) Math.min(piece.length, to - start);
    return begin == 0 && end == piece.length ? piece : Arrays.copyOfRange(piece, begin, end);
  }

  /** Removes a file of the tenant's, and says whether it did: not while a batch reads it. */
  public Mono<Boolean> delete(String tenant, UUID id) {
    return database
        .sql(
            "UPDATE stored_file SET status = 'deleting', touched_at = queue_now()"
                + " WHERE id = :id AND tenant = :tenant AND"
                + THERE
                + " AND "
                + UNREAD
                + " RETURNING "
                + COLUMNS)
        .bind("id", id)
        .bind("tenant", tenant)
        .map(FileStore::file)
        .one()
        // from here on it is gone for its tenant, whatever becomes of its pieces
        .flatMap(file -> remove(id, file.pieces(), file.store()).onErrorComplete().thenReturn(true))
        .defaultIfEmpty(false);
  }

  Mono<Void> remove(UUID id, int pieces, String store) {
    return store(store)
        .delete(id, pieces)
        .then(database.sql("DELETE FROM stored_file WHERE id = :id").bind("id", id).then());
  }

  /**
   * Removes files that have expired, uploads whose process was lost, and what deletions left; says
   * how many there were. The replicas share the work.
   */
  public Mono<Long> clean() {
    Mono<Long> batch =
        database
            .sql(
                """
                UPDATE stored_file SET status = 'deleting', touched_at = queue_now()
                WHERE id = ANY (ARRAY(
                    SELECT id FROM stored_file
                    WHERE status = 'processed' AND expires_at <= (SELECT queue_now()) AND\s"""
                    + UNREAD
                    + """

                    ORDER BY expires_at LIMIT :most FOR UPDATE SKIP LOCKED))
                  OR id = ANY (ARRAY(
                    SELECT id FROM stored_file
                    WHERE status <> 'processed'
                      AND touched_at < (SELECT queue_now() - make_interval(secs => :lost))
                    ORDER BY touched_at LIMIT :most FOR UPDATE SKIP LOCKED))
                RETURNING\s"""
                    + COLUMNS)
            .bind("most", CLEANED_AT_ONCE)
            .bind("lost", (double) LOST.toSeconds())
            .map(FileStore::file)
            .all()
            .collectList()
            .flatMapIterable(files -> files)
            .concatMap(file -> remove(file.id(), file.pieces(), file.store()).thenReturn(1L))
            .reduce(0L, Long::sum);
    return batch.repeat().takeUntil(count -> count < CLEANED_AT_ONCE).reduce(0L, Long::sum);
  }

  private PieceStore store(String name) {
    return stores.stream()
        .filter(store -> store.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("the store '" + name + "' is not configured any more"));
  }

  private static StoredFile file(Readable row) {
    return new StoredFile(
        Objects.requireNonNull(row.get("id", UUID.class)),
        Objects.requireNonNull(row.get("tenant", String.class)),
        Objects.requireNonNull(row.get("filename", String.class)),
        Objects.requireNonNull(row.get("purpose", String.class)),
        Objects.requireNonNull(row.get("bytes", Long.class)),
        Objects.requireNonNull(row.get("pieces", Integer.class)),
        Objects.requireNonNull(row.get("store", String.class)),
        Objects.requireNonNull(row.get("created_at", Instant.class)),
        row.get("expires_at", Instant.class));
  }
}
