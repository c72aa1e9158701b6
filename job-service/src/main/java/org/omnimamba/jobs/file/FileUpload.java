package org.omnimamba.jobs.file;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A file that is being written, one call after the other. It holds one piece in memory; until
 * {@link #complete} nobody sees the file.
 */
public final class FileUpload {
  private final FileStore files;
  private final UUID id;
  private final PieceStore pieces;
  private byte[] piece = {};
  private int filled;
  private int written;
  private long bytes;

  FileUpload(FileStore files, UUID id, PieceStore pieces) {
    this.files = files;
    this.id = id;
    this.pieces = pieces;
  }

  /** How many bytes it has so far. */
  public long bytes() {
    return bytes;
  }

  /** Adds bytes at the end; they are taken before this completes. */
  public Mono<Void> append(ByteBuffer data) {
    return Mono.defer(
        () -> {
          take(data);
          return filled == FileStore.PIECE ? writePiece().then(append(data)) : Mono.<Void>empty();
        });
  }

  private void take(ByteBuffer data) {
    int count = Math.min(data.remaining(), FileStore.PIECE - filled);
    if (filled + count > piece.length) {
      int doubled = Math.min(FileStore.PIECE, 2 * piece.length);
      piece = Arrays.copyOf(piece, Math.max(doubled, filled + count));
    }
    data.get(piece, filled, count);
    filled += count;
    bytes += count;
  }

  private Mono<Void> writePiece() {
    byte[] body = filled == piece.length ? piece : Arrays.copyOf(piece, filled);
    piece = new byte[0];
    filled = 0;
    return pieces
        .write(id, written, body)
        .then(Mono.defer(() -> files.touch(id, written + 1)))
        .doOnSuccess(done -> written++);
  }

  /**
   * Ends the file and shows it to its tenant.
   *
   * @param expiresAfter how long after its creation it is removed, or null to keep it
   */
  public Mono<StoredFile> complete(
      String filename, String purpose, @Nullable Duration expiresAfter) {
    Mono<Void> rest = Mono.defer(() -> filled > 0 ? writePiece() : Mono.empty());
    return rest.then(
        Mono.defer(() -> files.show(id, filename, purpose, bytes, written, expiresAfter)));
  }

  /** Removes what was written of it; the upkeep does so where this fails. */
  public Mono<Void> abandon() {
    return Mono.defer(() -> files.remove(id, written, pieces.name()));
  }
}
