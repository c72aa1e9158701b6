package org.omnimamba.web.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;

/** One probe after the other, over real HTTP, to a replica whose name comes and goes. */
class ReplicaProbeTest {
  private static final ReplicaSettings SETTINGS =
      new ReplicaSettings(
          Duration.ofSeconds(5), "/readyz", Duration.ofSeconds(2), Duration.ofMillis(200), 3, 0);

  private final AtomicInteger status = new AtomicInteger(200);
  private final DisposableServer server =
      HttpServer.create()
          .host("127.0.0.1")
          .port(0)
          .handle(
              (request, response) ->
                  status.get() == 0 ? Mono.never() : response.status(status.get()).send())
          .bindNow();
  private volatile boolean named = true;
  private final Replica replica = new Replica(URI.create("http://pod-0.test:" + server.port()));
  private final ReplicaProbe probe =
      new ReplicaProbe(replica, SETTINGS, HttpClient.newConnection().resolver(new Names()));
  private boolean lost;

  /** Knows one name, or not. */
  private final class Names extends AddressResolverGroup<InetSocketAddress> {
    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
      return new InetNameResolver(executor) {
        @Override
        protected void doResolve(String host, Promise<InetAddress> promise) {
          throw new UnsupportedOperationException("the client asks for all");
        }

        @Override
        protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
          if (named || !host.endsWith(".test")) {
            promise.setSuccess(List.of(InetAddress.getLoopbackAddress()));
          } else {
            promise.setFailure(new UnknownHostException(host));
          }
        }
      }.asAddressResolver();
    }
  }

  @AfterEach
  void stop() {
    server.disposeNow(Duration.ofSeconds(5));
  }

  private void probes(int times, int answer) {
    replica.loss().subscribe(end -> {}, failure -> lost = true);
    status.set(answer);
    for (int i = 0; i < times; i++) {
      probe.run().block(Duration.ofSeconds(20));
    }
  }

  @Test
  void oneMissChangesNothingTwoMakeItSilentThreeMakeItLost() {
    probes(1, 200);
    probes(1, 0);
    assertThat(replica.state()).isEqualTo(Replica.State.READY);
    probes(1, 0);
    assertThat(replica.state()).isEqualTo(Replica.State.SILENT);
    assertThat(lost).isFalse();
    probes(1, 0);
    assertThat(lost).isTrue();

    // Requests that were tried there all the same end with the next probe.
    lost = false;
    probes(1, 0);
    assertThat(lost).isTrue();
  }

  @Test
  void anAnswerBetweenTwoMissesStartsTheCountAnew() {
    for (int i = 0; i < 4; i++) {
      probes(1, 0);
      probes(1, 200);
    }
    assertThat(replica.state()).isEqualTo(Replica.State.READY);
    assertThat(lost).isFalse();
  }

  @Test
  void aReplicaWhoseAnswersStillComeIsNotLost() {
    for (int i = 0; i < 8; i++) {
      probes(1, 0);
      replica.heard();
    }
    assertThat(replica.state()).isEqualTo(Replica.State.SILENT);
    assertThat(lost).isFalse();
    probes(3, 0);
    assertThat(lost).as("until they stop").isTrue();
  }

  @Test
  void refusingIsNoSilence() {
    probes(10, 503);
    assertThat(replica.state()).isEqualTo(Replica.State.REFUSING);
    assertThat(lost).isFalse();
  }

  @Test
  void aNameThatIsGoneIsNoSilenceWhileItsAddressAnswers() {
    probes(1, 200);
    named = false;
    probes(5, 503);
    assertThat(replica.isNamed()).isFalse();
    assertThat(replica.state()).isEqualTo(Replica.State.REFUSING);
    probes(5, 200);
    assertThat(replica.state()).as("only DNS fails").isEqualTo(Replica.State.READY);
    assertThat(lost).isFalse();
    named = true;
    probes(1, 200);
    assertThat(replica.isNamed()).isTrue();
  }

  @Test
  void aReplicaWithoutANameThatIsSilentIsLost() {
    probes(1, 200);
    named = false;
    probes(3, 0);
    assertThat(lost).isTrue();
  }

  @Test
  void aListenerThatIsClosedIsSilentAndNotLost() {
    probes(1, 200);
    server.disposeNow(Duration.ofSeconds(5));
    probes(5, 200);
    assertThat(replica.state()).isEqualTo(Replica.State.SILENT);
    assertThat(lost).isFalse();
    named = false;
    probes(5, 200);
    assertThat(lost).isFalse();
  }

  @Test
  void aNameThatNeverWasIsSilentAndNotLost() {
    named = false;
    probes(5, 200);
    assertThat(replica.state()).isEqualTo(Replica.State.SILENT);
    assertThat(lost).isFalse();
  }
}
