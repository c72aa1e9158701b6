package org.omnimamba.jobs.web.files;

import java.util.concurrent.atomic.AtomicBoolean;
import org.reactivestreams.Subscription;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

/**
 * The body of an upload. When its reader has seen enough, the rest is read and dropped: a client
 * hears a refusal only when it has sent its body, and the connection is fit for the next request.
 *
 * <p>Its parts are copies in the heap. A form's parser that is cancelled while it takes a part
 * releases that part twice, and the network's own memory would belong to another request by then.
 */
final class UploadBody extends ServerHttpRequestDecorator {
  private final long mostDropped;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final Sinks.Empty<Void> over = Sinks.empty();
  private volatile boolean whole;

  /**
   * @param mostDropped how many bytes are read after the reader has had enough
   */
  UploadBody(ServerHttpRequest request, long mostDropped) {
    super(request);
    this.mostDropped = mostDropped;
  }

  /** Read once. */
  @Override
  public Flux<DataBuffer> getBody() {
    return Flux.create(
        sink -> {
          begun.set(true);
          getDelegate().getBody().subscribe(new Reading(sink));
        });
  }

  /** Drops what the reader has left, and ends when nothing more is read. */
  Mono<Void> drained() {
    return Mono.defer(
        () -> {
          if (!begun.get()) {
            getBody().subscribe().dispose();
          }
          return over.asMono();
        });
  }

  /** Whether all of it has been read. */
  boolean isWhole() {
    return whole;
  }

  private final class Reading extends BaseSubscriber<DataBuffer> {
    private final FluxSink<DataBuffer> reader;
    private volatile boolean dropping;
    private long dropped;

    Reading(FluxSink<DataBuffer> reader) {
      this.reader = reader;
    }

    @Override
    public Context currentContext() {
      return Context.of(reader.contextView());
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      reader.onCancel(this::drop);
      reader.onRequest(this::request);
    }

    private void drop() {
      dropping = true;
      request(Long.MAX_VALUE);
    }

    @Override
    protected void hookOnNext(DataBuffer part) {
      byte[] bytes = new byte[part.readableByteCount()];
      part.read(bytes);
      DataBufferUtils.release(part);
      if (!dropping) {
        reader.next(DefaultDataBufferFactory.sharedInstance.wrap(bytes));
        return;
      }
      dropped += bytes.length;
      if (dropped > mostDropped) {
        cancel();
      }
    }

    @Override
    protected void hookOnComplete() {
      whole = true;
      reader.complete();
    }

    @Override
    protected void hookOnError(Throwable failure) {
      reader.error(failure);
    }

    @Override
    protected void hookFinally(SignalType type) {
      over.tryEmitEmpty();
    }
  }
}
