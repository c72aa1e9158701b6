package org.omnimamba.jobs.file;

import java.util.UUID;
import org.omnimamba.jobs.result.S3Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.core.ResponseBytes;

/**
 * Pieces as objects of a store that speaks S3, below {@code files/}: beside the prefix of results
 * and not below it, since a lifecycle rule clears that away.
 */
final class S3Pieces implements PieceStore {
  private static final int AT_ONCE = 8;

  private final S3Objects objects;

  S3Pieces(S3Objects objects) {
    this.objects = objects;
  }

  @Override
  public String name() {
    return "s3";
  }

  @Override
  public Mono<Void> write(UUID file, int number, byte[] body) {
    return objects.put(key(file, number), null, body);
  }

  @Override
  public Mono<byte[]> read(UUID file, int number) {
    return objects.get(key(file, number)).map(ResponseBytes::asByteArrayUnsafe);
  }

  @Override
  public Mono<Void> delete(UUID file, int pieces) {
    return Flux.range(0, pieces + 1)
        .flatMap(number -> objects.delete(key(file, number)), AT_ONCE)
        .then();
  }

  private static String key(UUID file, int number) {
    return "files/" + file + "/" + number;
  }
}
