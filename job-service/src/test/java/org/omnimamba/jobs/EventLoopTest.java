package org.omnimamba.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.NonBlocking;
import reactor.core.scheduler.Schedulers;

/** BlockHound watches every test of this module; this one shows that it is awake. */
class EventLoopTest {

  @Test
  void aBlockingCallOnANonBlockingThreadIsCaught() {
    ThreadFactory threads = NonBlockingThread::new;
    Throwable caught =
        Mono.fromCallable(
                () -> {
                  // returns in the end should nobody be awake
                  return new CountDownLatch(1).await(1, TimeUnit.SECONDS);
                })
            .subscribeOn(
                Schedulers.fromExecutorService(
                    java.util.concurrent.Executors.newSingleThreadExecutor(threads)))
            .materialize()
            .block()
            .getThrowable();
    assertThat(caught).isInstanceOf(BlockingOperationError.class);
  }

  private static final class NonBlockingThread extends Thread implements NonBlocking {
    NonBlockingThread(Runnable work) {
      super(work, "non-blocking");
      setDaemon(true);
    }
  }
}
