package org.omnimamba.jobs.file;

import java.util.UUID;
import reactor.core.publisher.Mono;

/** Keeps the pieces of files. Errors are those of the database's driver or of the S3 client. */
interface PieceStore {
  /** Its name in the rows of files. */
  String name();

  /**
   * Keeps a piece.
   *
   * @param number from 0
   */
  Mono<Void> write(UUID file, int number, byte[] body);

  /** Reads a piece; empty when it is not there. */
  Mono<byte[]> read(UUID file, int number);

  /**
   * Removes the pieces that do not go with the row of their file.
   *
   * @param pieces how many there are; one more may have been written and not been counted
   */
  Mono<Void> delete(UUID file, int pieces);
}
