package org.omnimamba.gateway.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

class EventBoundaryTest {
  private static boolean between(String... parts) {
    EventBoundary boundary = new EventBoundary();
    for (String part : parts) {
      boundary.accept(
          DefaultDataBufferFactory.sharedInstance.wrap(part.getBytes(StandardCharsets.UTF_8)));
    }
    return boundary.isBetweenEvents();
  }

  @Test
  void knowsWhereEventsEndHoweverTheyAreCut() {
    assertThat(between()).isTrue();
    assertThat(between("data: a\n\n")).isTrue();
    assertThat(between("data: a\r\n\r\n")).isTrue();
    assertThat(between("data: a\n", "\n")).isTrue();
    assertThat(between("data: a\r\n", "\r", "\n")).isTrue();
    assertThat(between("data: a\n\ndata: b")).isFalse();
    assertThat(between("data: a\n")).isFalse();
    assertThat(between("data: a\n", "b\n")).isFalse();
    assertThat(between("data: a\n\n", ": ping\n\n")).isTrue();
    assertThat(between("data: a\n", "data: bcdefgh\n")).isFalse();
  }
}
