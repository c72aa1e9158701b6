package org.omnimamba.jobs.result;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/** The objects of one bucket. */
public final class S3Objects {
  private final S3AsyncClient client;
  private final String bucket;

  S3Objects(S3AsyncClient client, String bucket) {
    this.client = client;
    this.bucket = bucket;
  }

  /**
   * Writes an object.
   *
   * @param contentType null for none
   * @param body must not be changed afterwards
   */
  public Mono<Void> put(String key, @Nullable String contentType, byte[] body) {
    return Mono.fromFuture(
            () ->
                client.putObject(
                    put -> put.bucket(bucket).key(key).contentType(contentType),
                    AsyncRequestBody.fromBytesUnsafe(body)))
        .then();
  }

  /** Reads an object; empty when there is none. */
  public Mono<ResponseBytes<GetObjectResponse>> get(String key) {
    return Mono.fromFuture(
            () ->
                client.getObject(
                    get -> get.bucket(bucket).key(key), AsyncResponseTransformer.toBytes()))
        .onErrorResume(S3Objects::isMissing, e -> Mono.empty());
  }

  /** Removes an object, if there is one. */
  public Mono<Void> delete(String key) {
    return Mono.fromFuture(() -> client.deleteObject(object -> object.bucket(bucket).key(key)))
        .then();
  }

  /** The objects whose keys begin with the prefix. */
  Mono<ListObjectsV2Response> list(String prefix) {
    return Mono.fromFuture(() -> client.listObjectsV2(list -> list.bucket(bucket).prefix(prefix)));
  }

  private static boolean isMissing(Throwable e) {
    return e instanceof NoSuchKeyException || e.getCause() instanceof NoSuchKeyException;
  }
}
