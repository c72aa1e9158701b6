package org.omnimamba.web.network;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import java.time.Duration;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/**
 * Event loops whose outgoing connections end within 30 seconds when the other side was cut off,
 * though nothing is sent on them. It is the one place for this: whatever connects through Reactor
 * Netty, HTTP and R2DBC alike, can be told which loops to use.
 */
public final class WatchfulLoops implements LoopResources {
  private final Supplier<? extends LoopResources> loops;

  /** Other loops, whose owner disposes of them, with connections that are watched. */
  public WatchfulLoops(LoopResources loops) {
    this(() -> loops);
  }

  /** As {@link #WatchfulLoops(LoopResources)}, for loops that may be replaced by others. */
  public WatchfulLoops(Supplier<? extends LoopResources> loops) {
    this.loops = loops;
  }

  @Override
  public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
    C channel = loops.get().onChannel(type, group);
    if (channel instanceof SocketChannel socket) {
      KeepAlive.on(socket);
    }
    return channel;
  }

  @Override
  public <C extends Channel> Class<? extends C> onChannelClass(
      Class<C> type, EventLoopGroup group) {
    return loops.get().onChannelClass(type, group);
  }

  @Override
  public EventLoopGroup onClient(boolean useNative) {
    return loops.get().onClient(useNative);
  }

  @Override
  public EventLoopGroup onServer(boolean useNative) {
    return loops.get().onServer(useNative);
  }

  @Override
  public EventLoopGroup onServerSelect(boolean useNative) {
    return loops.get().onServerSelect(useNative);
  }

  @Override
  public boolean daemon() {
    return loops.get().daemon();
  }

  @Override
  public boolean isDisposed() {
    return loops.get().isDisposed();
  }

  /** The loops themselves belong to their owner. */
  @Override
  public void dispose() {}

  @Override
  public Mono<Void> disposeLater() {
    return Mono.empty();
  }

  @Override
  public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
    return Mono.empty();
  }
}
