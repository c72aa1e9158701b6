package org.omnimamba.jobs.webhook.address;

import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * The resolver of the delivering client: one lookup, every answer judged, and only judged addresses
 * handed on to be connected to.
 *
 * <p>Netty skips resolution for addresses that are literal; here nothing counts as resolved, so
 * literals are judged too.
 */
public final class GuardedResolverGroup extends AddressResolverGroup<InetSocketAddress> {
  private final AddressPolicy policy;
  private final HostLookup lookup;

  public GuardedResolverGroup(AddressPolicy policy, HostLookup lookup) {
    this.policy = policy;
    this.lookup = lookup;
  }

  @Override
  protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
    return new GuardedResolver(executor);
  }

  private final class GuardedResolver extends AbstractAddressResolver<InetSocketAddress> {
    GuardedResolver(EventExecutor executor) {
      super(executor, InetSocketAddress.class);
    }

    @Override
    protected boolean doIsResolved(InetSocketAddress address) {
      return false;
    }

    @Override
    protected void doResolve(InetSocketAddress address, Promise<InetSocketAddress> promise) {
      resolve(address, promise, judged -> promise.trySuccess(judged.get(0)));
    }

    @Override
    protected void doResolveAll(
        InetSocketAddress address, Promise<List<InetSocketAddress>> promise) {
      resolve(address, promise, promise::trySuccess);
    }

    private void resolve(
        InetSocketAddress address,
        Promise<?> promise,
        java.util.function.Consumer<List<InetSocketAddress>> judged) {
      String host = address.getHostString();
      lookup
          .lookup(host)
          .map(found -> judge(host, address.getPort(), found))
          .subscribe(judged, promise::tryFailure);
    }

    private List<InetSocketAddress> judge(String host, int port, List<InetAddress> found) {
      if (found.isEmpty()) {
        throw new RefusedAddressException("the host has no address");
      }
      policy.checkAddresses(host, port, found);
      return found.stream().map(address -> nameless(address, port)).toList();
    }

    /** Without the name, which a proxy would look up once more. */
    private static InetSocketAddress nameless(InetAddress address, int port) {
      try {
        return new InetSocketAddress(InetAddress.getByAddress(address.getAddress()), port);
      } catch (UnknownHostException e) {
        throw new IllegalStateException("an address has 4 or 16 bytes", e);
      }
    }
  }
}
