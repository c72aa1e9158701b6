package org.omnimamba.jobs.result;

import java.util.concurrent.CompletionException;
import org.omnimamba.jobs.config.ResultProperties;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.StoredResult;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.queue.worker.JobFailure;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Results in a store that speaks S3.
 *
 * <p>Objects are written before the job's last transaction, under a key that holds the claim's
 * fencing token: two workers that both believe they hold a job never write the same object, and the
 * row names the winner's. Objects of a lost claim are left over; a lifecycle rule on the prefix, a
 * little longer than the retention of jobs, clears them away with the old results.
 */
final class S3ResultStore implements ResultStore {
  private static final String PREFIX = "s3:";
  private static final int UPLOADS_AT_ONCE = 4;

  private final S3AsyncClient client;
  private final String bucket;
  private final String keyPrefix;

  S3ResultStore(S3AsyncClient client, ResultProperties.S3 settings) {
    this.client = client;
    this.bucket = settings.bucket();
    this.keyPrefix = settings.prefix();
  }

  @Override
  public boolean owns(String reference) {
    return reference.startsWith(PREFIX);
  }

  @Override
  public Mono<Prepared> prepare(ClaimedJob claim, JobResult result) {
    String folder = keyPrefix + claim.job().id() + "/" + claim.token();
    return Flux.fromIterable(result.parts().entrySet())
        .flatMap(part -> put(folder + "/" + part.getKey(), part.getValue()), UPLOADS_AT_ONCE)
        .then(Mono.just(new Prepared(PREFIX + folder, TransactionHook.NONE)))
        .onErrorMap(
            S3ResultStore::isStoreFailure,
            e ->
                JobFailure.retryable("result_store_unavailable", "the result could not be stored"));
  }

  @Override
  public Mono<StoredResult> read(String reference, String name) {
    return Mono.fromFuture(
            () ->
                client.getObject(
                    get -> get.bucket(bucket).key(folder(reference) + "/" + name),
                    AsyncResponseTransformer.toBytes()))
        .map(
            object -> new StoredResult(object.response().contentType(), object.asByteArrayUnsafe()))
        .onErrorResume(S3ResultStore::isMissing, e -> Mono.empty());
  }

  @Override
  public Mono<Void> delete(String reference) {
    return Mono.fromFuture(
            () -> client.listObjectsV2(list -> list.bucket(bucket).prefix(folder(reference) + "/")))
        .flatMapIterable(found -> found.contents())
        .map(S3Object::key)
        .flatMap(
            key ->
                Mono.fromFuture(
                    () -> client.deleteObject(object -> object.bucket(bucket).key(key))),
            UPLOADS_AT_ONCE)
        .then();
  }

  private Mono<Void> put(String key, StoredResult part) {
    return Mono.fromFuture(
            () ->
                client.putObject(
                    put -> put.bucket(bucket).key(key).contentType(part.contentType()),
                    AsyncRequestBody.fromBytesUnsafe(part.body())))
        .then();
  }

  private static String folder(String reference) {
    return reference.substring(PREFIX.length());
  }

  private static boolean isMissing(Throwable e) {
    return e instanceof NoSuchKeyException || e.getCause() instanceof NoSuchKeyException;
  }

  private static boolean isStoreFailure(Throwable e) {
    return e instanceof SdkException
        || (e instanceof CompletionException && e.getCause() instanceof SdkException);
  }
}
