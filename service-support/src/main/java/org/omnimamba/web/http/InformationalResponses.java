package org.omnimamba.web.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;

/**
 * Drops the informational responses before the final one (RFC 9110, 15.2), such as 103 Early Hints:
 * reactor-netty takes the first status for the final one. 101 passes, since nothing follows it.
 */
public final class InformationalResponses extends ChannelInboundHandlerAdapter {
  private static final String NAME = "omnimamba.informationalResponses";

  private boolean dropping;

  private InformationalResponses() {}

  /** The client, made to wait for the final response. */
  public static HttpClient skippedBy(HttpClient client) {
    return client.doOnChannelInit(
        (observer, channel, address) ->
            channel
                .pipeline()
                .addAfter(NettyPipeline.HttpCodec, NAME, new InformationalResponses()));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpResponse response) {
      HttpResponseStatus status = response.status();
      dropping =
          status.codeClass() == HttpStatusClass.INFORMATIONAL
              && !status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    }
    if (!dropping) {
      context.fireChannelRead(message);
      return;
    }
    boolean last = message instanceof LastHttpContent;
    ReferenceCountUtil.release(message);
    if (last) {
      dropping = false;
      // reactor-netty reads on when it has got something, and this it does not get
      context.read();
    }
  }
}
