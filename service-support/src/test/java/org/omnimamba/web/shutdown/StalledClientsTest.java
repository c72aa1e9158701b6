package org.omnimamba.web.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Connections of a service that stops, with a clock that stands. */
class StalledClientsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final EmbeddedChannel channel = new EmbeddedChannel();

  StalledClientsTest() {
    channel.freezeTime();
    channel.pipeline().addFirst(new StalledClients.Watch(PATIENCE));
  }

  private void pass(Duration time) {
    channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  /** As if the socket took nothing of it. */
  private void answer(int bytes) {
    channel.write(Unpooled.wrappedBuffer(new byte[bytes]));
  }

  @Test
  void anAnswerThatIsWrittenJustBeforeTheTimeIsOverReachesItsClient() {
    pass(PATIENCE.minusMillis(1));
    answer(10);
    pass(Duration.ofMillis(1));
    assertThat(channel.isOpen()).isTrue();
    channel.flush();
    pass(PATIENCE.multipliedBy(3));
    assertThat(channel.isOpen()).isTrue();
  }

  @Test
  void aClientThatTakesNothingIsClosed() {
    answer(10);
    pass(PATIENCE);
    pass(PATIENCE.minusMillis(1));
    assertThat(channel.isOpen()).isTrue();
    pass(Duration.ofMillis(1));
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void oneWithNothingToTakeIsNot() {
    for (int i = 0; i < 10; i++) {
      pass(PATIENCE);
    }
    assertThat(channel.isOpen()).isTrue();
  }
}
