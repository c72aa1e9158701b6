package org.omnimamba.jobs.file;

import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * Pieces as objects of a store that speaks S3, below {@code files/}: beside the prefix of results
 * and not below it, since a lifecycle rule clears that away.
 */
final class S3Pieces implements PieceStore {
  private static final int AT_ONCE = 8;

  private final S3AsyncClient client;
  private final String bucket;

  S3Pieces(S3AsyncClient client, String bucket) {
    this.client = client;
    this.bucket = bucket;
  }

  @Override
  public String name() {
    return "s3";
  }

  @Override
  public Mono<Void> write(UUID file, int number, byte[] body) {
    return Mono.fromFuture(
            () ->
                client.putObject(
                    put -> put.bucket(bucket).key(key(file, number)),
                    AsyncRequestBody.fromBytesUnsafe(body)))
        .then();
  }

  @Override
  public Mono<byte[]> read(UUID file, int number) {
    return Mono.fromFuture(
            () ->
                client.getObject(
                    get -> get.bucket(bucket).key(key(file, number)),
                    AsyncResponseTransformer.toBytes()))
        .map(ResponseBytes::asByteArrayUnsafe)
        .onErrorResume(S3Pieces::isMissing, e -> Mono.empty());
  }

  @Override
  public Mono<Void> delete(UUID file, int pieces) {
    return Flux.range(0, pieces + 1)
        .flatMap(
            number ->
                Mono.fromFuture(
                    () ->
                        client.deleteObject(
                            object -> object.bucket(bucket).key(key(file, number)))),
            AT_ONCE)
        .then();
  }

  private static String key(UUID file, int number) {
    return "files/" + file + "/" + number;
  }

  private static boolean isMissing(Throwable e) {
    return e instanceof NoSuchKeyException || e.getCause() instanceof NoSuchKeyException;
  }
}
