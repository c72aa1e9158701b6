package org.omnimamba.jobs.result;

import java.util.concurrent.CompletionException;
import org.omnimamba.queue.job.ClaimedJob;
import org.omnimamba.queue.job.StoredResult;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.queue.worker.JobFailure;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import software.amazon.awssdk.core.exception.SdkException;
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

  private final S3Objects objects;
  private final String keyPrefix;

  S3ResultStore(S3Objects objects, String keyPrefix) {
    this.objects = objects;
    this.keyPrefix = keyPrefix;
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
    return objects
        .get(folder(reference) + "/" + name)
        .map(
            object ->
                new StoredResult(object.response().contentType(), object.asByteArrayUnsafe()));
  }

  @Override
  public Mono<Void> delete(String reference) {
    return objects
        .list(folder(reference) + "/")
        .flatMapIterable(found -> found.contents())
        .map(S3Object::key)
        .flatMap(objects::delete, UPLOADS_AT_ONCE)
        .then();
  }

  private Mono<Void> put(String key, StoredResult part) {
    return objects.put(key, part.contentType(), part.body());
  }

  private static String folder(String reference) {
    return reference.substring(PREFIX.length());
  }

  private static boolean isStoreFailure(Throwable e) {
    return e instanceof SdkException
        || (e instanceof CompletionException && e.getCause() instanceof SdkException);
  }
}
