package org.omnimamba.gateway.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Closes a connection in two steps while its client is still sending: first the way out, then, when
 * the client has finished or its time is over, the rest. Closing at once with bytes unread makes
 * the kernel send a reset, and a reset makes the client's kernel forget the answer that lies there
 * unread: a client with too long a body would see a broken connection and never the 413.
 *
 * <p>One handler sees closes and bytes; the other sees where requests begin and end. Both run on
 * the connection's event loop.
 */
final class LingeringClose {
  private static final String BYTES = "omnimamba.lingeringClose.bytes";
  private static final String MESSAGES = "omnimamba.lingeringClose.messages";

  private final long nanos;
  private boolean inRequest;
  private @Nullable ChannelPromise closing;

  private LingeringClose(Duration limit) {
    this.nanos = limit.toNanos();
  }

  static void watch(Channel channel, Duration limit) {
    LingeringClose close = new LingeringClose(limit);
    channel.pipeline().addBefore(NettyPipeline.HttpCodec, BYTES, close.new Bytes());
    channel.pipeline().addAfter(NettyPipeline.HttpCodec, MESSAGES, close.new Messages());
  }

  private final class Bytes extends ChannelDuplexHandler {
    @Override
    public void close(ChannelHandlerContext context, ChannelPromise promise) {
      Channel channel = context.channel();
      boolean lingers = inRequest && closing == null && channel.isActive();
      if (!lingers || !(channel instanceof SocketChannel socket)) {
        context.close(promise);
        return;
      }
      closing = promise;
      socket.shutdownOutput();
      channel.config().setAutoRead(true);
      context.executor().schedule(() -> channel.close(), nanos, TimeUnit.NANOSECONDS);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
      if (closing == null) {
        context.fireChannelRead(bytes);
      } else {
        ReferenceCountUtil.release(bytes);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      if (closing != null) {
        closing.trySuccess();
      }
      context.fireChannelInactive();
    }
  }

  private final class Messages extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof HttpRequest) {
        inRequest = true;
      }
      if (message instanceof LastHttpContent) {
        inRequest = false;
      }
      context.fireChannelRead(message);
    }
  }
}
