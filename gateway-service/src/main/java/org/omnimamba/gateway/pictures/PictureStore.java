package org.omnimamba.gateway.pictures;

import java.time.Instant;
import reactor.core.publisher.Mono;

/** Keeps pictures until they expire. */
interface PictureStore {
  /**
   * Keeps a picture; the tenant's oldest ones go if it has too many now.
   *
   * @param id names it; never used before
   */
  Mono<Void> put(String id, String tenant, Picture picture, Instant expires);

  /** The picture, or empty if there is none of this name any more. */
  Mono<Picture> find(String id);
}
