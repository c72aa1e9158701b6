package org.omnimamba.web.network;

import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketOption;
import java.time.Duration;
import java.util.Map;
import jdk.net.ExtendedSocketOptions;

/**
 * The options of TCP by which a connection to a host that was cut off ends. Without them a
 * connection that waits for the rest of a response, or for the result of a query, is never closed
 * when the other side's packets no longer arrive: nothing is sent, so nothing fails.
 */
final class KeepAlive {
  /** Silence after which the other side is asked whether it is there. */
  static final int IDLE_SECONDS = 10;

  /** Time between two such questions. */
  static final int INTERVAL_SECONDS = 5;

  /** Questions without an answer after which the connection ends. */
  static final int PROBES = 3;

  /** How long a connection lives after the other side was cut off. */
  static final Duration NOTICED_AFTER =
      Duration.ofSeconds(IDLE_SECONDS + INTERVAL_SECONDS * PROBES);

  private static final Map<SocketOption<Integer>, Integer> OPTIONS =
      Map.of(
          ExtendedSocketOptions.TCP_KEEPIDLE, IDLE_SECONDS,
          ExtendedSocketOptions.TCP_KEEPINTERVAL, INTERVAL_SECONDS,
          ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);

  private KeepAlive() {}

  /** Sets the options of a Netty channel that is not connected yet. */
  static void on(SocketChannel channel) {
    channel.config().setOption(ChannelOption.SO_KEEPALIVE, true);
    if (channel instanceof EpollSocketChannel epoll) {
      epoll.config().setOption(EpollChannelOption.TCP_KEEPIDLE, IDLE_SECONDS);
      epoll.config().setOption(EpollChannelOption.TCP_KEEPINTVL, INTERVAL_SECONDS);
      epoll.config().setOption(EpollChannelOption.TCP_KEEPCNT, PROBES);
      // the same for what was sent and is not acknowledged
      epoll.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, (int) NOTICED_AFTER.toMillis());
    } else if (channel instanceof NioSocketChannel nio) {
      OPTIONS.forEach(
          (option, value) -> nio.config().setOption(NioChannelOption.of(option), value));
    }
  }

  /** Sets the options of a socket that is not connected yet. */
  static void on(Socket socket) throws IOException {
    socket.setKeepAlive(true);
    for (Map.Entry<SocketOption<Integer>, Integer> option : OPTIONS.entrySet()) {
      if (socket.supportedOptions().contains(option.getKey())) {
        socket.setOption(option.getKey(), option.getValue());
      }
    }
  }
}
