package org.omnimamba.hub.download;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** A body that nobody reads: the head of the answer said everything. */
final class EarlyBody<T> implements BodySubscriber<T> {
  private final CompletableFuture<T> end;

  private EarlyBody(CompletableFuture<T> end) {
    this.end = end;
  }

  static <T> EarlyBody<T> of(T value) {
    return new EarlyBody<>(CompletableFuture.completedFuture(value));
  }

  static <T> EarlyBody<T> failing(IOException failure) {
    return new EarlyBody<>(CompletableFuture.failedFuture(failure));
  }

  @Override
  public CompletionStage<T> getBody() {
    return end;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    subscription.cancel();
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {}

  @Override
  public void onError(Throwable failure) {}

  @Override
  public void onComplete() {}
}
