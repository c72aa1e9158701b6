package org.omnimamba.web.replica;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;

/** A and AAAA records, and the hosts file, without any cache. */
public final class DnsLookup implements AddressLookup, AutoCloseable {
  private final DnsNameResolver resolver;

  /** Asks the servers that the system's configuration names ({@code /etc/resolv.conf}). */
  public DnsLookup(LoopResources loops) {
    this(loops, DnsServerAddressStreamProviders.platformDefault());
  }

  DnsLookup(LoopResources loops, DnsServerAddressStreamProvider servers) {
    EventLoopGroup group = loops.onClient(true);
    this.resolver =
        new DnsNameResolverBuilder(group.next())
            .nameServerProvider(servers)
            .datagramChannelType(loops.onChannelClass(DatagramChannel.class, group))
            // An answer that is too long for a datagram is asked for again over TCP.
            .socketChannelType(loops.onChannelClass(SocketChannel.class, group))
            .resolveCache(NoopDnsCache.INSTANCE)
            .cnameCache(NoopDnsCnameCache.INSTANCE)
            .build();
  }

  @Override
  public Mono<List<InetAddress>> lookup(String host) {
    return Mono.<List<InetAddress>>create(
            sink -> {
              Future<List<InetAddress>> answer = resolver.resolveAll(host);
              answer.addListener(
                  done -> {
                    if (answer.isSuccess()) {
                      sink.success(List.copyOf(answer.getNow()));
                    } else {
                      sink.error(answer.cause());
                    }
                  });
              sink.onCancel(() -> answer.cancel(false));
            })
        .onErrorResume(DnsLookup::isNoSuchName, none -> Mono.just(List.of()));
  }

  /** Whether a server has said so; a server that is silent or broken says nothing of the name. */
  private static boolean isNoSuchName(Throwable failure) {
    if (!(failure instanceof UnknownHostException)) {
      return false;
    }
    Throwable cause = failure.getCause();
    return cause == null
        || (cause instanceof DnsErrorCauseException error
            && (error.getCode().equals(DnsResponseCode.NXDOMAIN)
                || error.getCode().equals(DnsResponseCode.NOERROR)));
  }

  @Override
  public void close() {
    resolver.close();
  }
}
