package org.omnimamba.jobs.webhook.delivery;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.transport.ProxyProvider;

/**
 * The proxy through which all deliveries go, by HTTP CONNECT. It is asked for the address that was
 * judged, never for a name, so that no second look-up comes between.
 *
 * @param host its name or address
 * @param port its port
 * @param username for basic authentication, or null
 * @param password goes with the username
 */
public record EgressProxy(
    String host, int port, @Nullable String username, @Nullable String password) {

  HttpClient before(HttpClient client, Duration connectTimeout) {
    return client.proxyWhen(
        (config, spec) ->
            // looked up each time, off the event loop
            Mono.fromCallable(() -> new InetSocketAddress(host, port))
                .subscribeOn(Schedulers.boundedElastic())
                .map(address -> proxy(spec, address, connectTimeout)));
  }

  private ProxyProvider.Builder proxy(
      ProxyProvider.TypeSpec spec, InetSocketAddress address, Duration connectTimeout) {
    ProxyProvider.Builder builder =
        spec.type(ProxyProvider.Proxy.HTTP)
            .address(address)
            .connectTimeoutMillis(connectTimeout.toMillis());
    return username == null || password == null
        ? builder
        : builder.username(username).password(name -> password);
  }

  /** Never the password itself. */
  @Override
  public String toString() {
    return "EgressProxy[" + host + ":" + port + "]";
  }
}
