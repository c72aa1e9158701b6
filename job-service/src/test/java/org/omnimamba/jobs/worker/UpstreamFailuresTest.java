package org.omnimamba.jobs.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.timeout.ReadTimeoutException;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.omnimamba.queue.worker.JobOutcome;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.client.WebClientRequestException;

class UpstreamFailuresTest {

  static Stream<Throwable> neverConnected() {
    return Stream.of(
        new ConnectException("Connection refused"),
        new ConnectTimeoutException("connection timed out"),
        new UnknownHostException("inference"),
        new NoRouteToHostException("No route to host"),
        new BindException("Cannot assign requested address"));
  }

  static Stream<Throwable> broken() {
    return Stream.of(
        new SocketException("Connection reset"),
        new IOException("Connection reset by peer"),
        ReadTimeoutException.INSTANCE);
  }

  @ParameterizedTest
  @MethodSource("neverConnected")
  void aRequestThatNeverLeftCostsNoAttempt(Throwable cause) {
    assertThat(UpstreamFailures.outcome(thrown(cause))).isInstanceOf(JobOutcome.Postponed.class);
  }

  @ParameterizedTest
  @MethodSource("broken")
  void aConnectionThatBreaksMayBeTheJobsFault(Throwable cause) {
    assertThat(UpstreamFailures.outcome(thrown(cause)))
        .isInstanceOfSatisfying(
            JobOutcome.Failed.class, failed -> assertThat(failed.retryable()).isTrue());
  }

  /** As the client throws it. */
  private static Throwable thrown(Throwable cause) {
    return new WebClientRequestException(
        cause, HttpMethod.POST, URI.create("http://inference/v1"), new HttpHeaders());
  }
}
