package org.omnimamba.web.shutdown;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * From when the service begins to stop, closes the connections whose clients have not taken a byte
 * of their answer for a while. A client that reads, however slowly, may go on; so may one whose
 * answer is still being made.
 */
final class StalledClients implements WebServerFactoryCustomizer<NettyReactiveWebServerFactory> {
  private final ServiceStop stop;
  private final Duration patience;

  /**
   * @param patience how long a client may take nothing
   */
  StalledClients(ServiceStop stop, Duration patience) {
    this.stop = stop;
    this.patience = patience;
  }

  @Override
  public void customize(NettyReactiveWebServerFactory factory) {
    ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    factory.addServerCustomizers(
        server -> server.doOnChannelInit((observer, channel, address) -> open.add(channel)));
    stop.begins().subscribe(begun -> open.forEach(this::watch));
  }

  private void watch(Channel channel) {
    channel.pipeline().addFirst(new Watch(patience));
  }

  static final class Watch extends IdleStateHandler {
    Watch(Duration patience) {
      super(true, 0, patience.toMillis(), 0, TimeUnit.MILLISECONDS);
    }

    /**
     * Comes again and again while nothing is taken, also when there is nothing to take. What waits
     * at the first time may have been written just now; what waits at the next one has not changed
     * since.
     */
    @Override
    protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
      ChannelOutboundBuffer waiting = context.channel().unsafe().outboundBuffer();
      if (!event.isFirst() && waiting != null && waiting.totalPendingWriteBytes() > 0) {
        context.close();
      }
    }
  }
}
