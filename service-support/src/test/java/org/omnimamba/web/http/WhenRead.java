package org.omnimamba.web.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/** Tells when the handlers of a connection have been given what came. */
final class WhenRead extends ChannelInboundHandlerAdapter {
  private final Runnable action;

  WhenRead(Runnable action) {
    this.action = action;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.fireChannelReadComplete();
    action.run();
  }
}
