package org.omnimamba.hub.http;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/** Counts what arrives, so that silence is noticed. */
final class Watched<T> implements BodySubscriber<T> {
  private final BodySubscriber<T> target;
  private final AtomicLong signals;

  Watched(BodySubscriber<T> target, AtomicLong signals) {
    this.target = target;
    this.signals = signals;
  }

  @Override
  public CompletionStage<T> getBody() {
    return target.getBody();
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    signals.incrementAndGet();
    target.onSubscribe(subscription);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    signals.incrementAndGet();
    target.onNext(buffers);
  }

  @Override
  public void onError(Throwable failure) {
    target.onError(failure);
  }

  @Override
  public void onComplete() {
    target.onComplete();
  }
}
