package org.omnimamba.hub.download;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Writes a body to the disk as it arrives; gives the number of its bytes. */
final class BodyWriter implements BodySubscriber<Long>, AutoCloseable {
  private final Sink sink;
  private final long room;
  private final CompletableFuture<Long> end = new CompletableFuture<>();
  private Flow.@Nullable Subscription subscription;
  private long count;
  private boolean closed;

  /** Takes all bytes of a buffer. */
  interface Sink {
    void write(ByteBuffer bytes) throws IOException;
  }

  /**
   * @param room bytes that may come
   */
  BodyWriter(Sink sink, long room) {
    this.sink = sink;
    this.room = room;
  }

  @Override
  public CompletionStage<Long> getBody() {
    return end;
  }

  @Override
  public synchronized void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (closed) {
      given.cancel();
    } else {
      given.request(1);
    }
  }

  @Override
  public synchronized void onNext(List<ByteBuffer> buffers) {
    if (closed || subscription == null) {
      return;
    }
    for (ByteBuffer buffer : buffers) {
      if (buffer.remaining() > room - count) {
        fail(new IOException("more bytes came than were announced"));
        return;
      }
      count += buffer.remaining();
      try {
        sink.write(buffer);
      } catch (IOException e) {
        fail(new DiskFailure(e));
        return;
      }
    }
    subscription.request(1);
  }

  private void fail(IOException failure) {
    close();
    end.completeExceptionally(failure);
  }

  @Override
  public synchronized void onError(Throwable failure) {
    closed = true;
    end.completeExceptionally(failure);
  }

  @Override
  public synchronized void onComplete() {
    closed = true;
    end.complete(count);
  }

  /** Nothing is written after this. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      if (subscription != null) {
        subscription.cancel();
      }
    }
  }
}
