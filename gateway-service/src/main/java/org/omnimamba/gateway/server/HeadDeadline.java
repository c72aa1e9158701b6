package org.omnimamba.gateway.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Closes a connection whose request line and headers take too long. An idle timeout does not: a
 * byte now and then keeps it from firing, and thousands of such connections cost an attacker
 * nothing.
 *
 * <p>One handler sees bytes before they are decoded and starts the clock; the other sees what was
 * decoded and stops it. Both run on the connection's event loop.
 */
final class HeadDeadline {
  private static final String BYTES = "omnimamba.headDeadline.bytes";
  private static final String MESSAGES = "omnimamba.headDeadline.messages";

  private final long nanos;
  private boolean inRequest;
  private @Nullable Future<?> clock;

  private HeadDeadline(Duration limit) {
    this.nanos = limit.toNanos();
  }

  static void watch(Channel channel, Duration limit) {
    HeadDeadline deadline = new HeadDeadline(limit);
    channel.pipeline().addBefore(NettyPipeline.HttpCodec, BYTES, deadline.new Bytes());
    channel.pipeline().addAfter(NettyPipeline.HttpCodec, MESSAGES, deadline.new Messages());
  }

  private void stop() {
    Future<?> running = clock;
    if (running != null) {
      running.cancel(false);
      clock = null;
    }
  }

  private final class Bytes extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
      if (!inRequest && clock == null) {
        Channel channel = context.channel();
        clock = context.executor().schedule(() -> channel.close(), nanos, TimeUnit.NANOSECONDS);
      }
      context.fireChannelRead(bytes);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      stop();
      context.fireChannelInactive();
    }
  }

  private final class Messages extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpRequest) {
        inRequest = true;
        stop();
      }
      if (message instanceof LastHttpContent) {
        inRequest = false;
      }
      context.fireChannelRead(message);
    }
  }
}
