package org.omnimamba.gateway.access;

import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import org.omnimamba.gateway.FilterOrder;
import org.omnimamba.gateway.errors.ApiException;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Demands one host of every request but those of HTTP/1.0, which may leave it out (RFC 9112, 3.2).
 * Links in answers are made with it.
 */
@Component
final class HostFilter implements WebFilter, Ordered {
  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    List<String> hosts = request.getHeaders().getOrEmpty(HttpHeaders.HOST);
    boolean good = hosts.isEmpty() ? isOld(request) : hosts.size() == 1 && !hosts.get(0).isBlank();
    return good ? chain.filter(exchange) : Mono.error(HostFilter::refusal);
  }

  private static boolean isOld(ServerHttpRequest request) {
    return ServerHttpRequestDecorator.getNativeRequest(request) instanceof HttpServerRequest old
        && old.version().equals(HttpVersion.HTTP_1_0);
  }

  private static ApiException refusal() {
    return ApiException.invalidRequest(
        HttpStatus.BAD_REQUEST,
        "invalid_host",
        "The request must have one Host header with the name or address that it was sent to.");
  }

  @Override
  public int getOrder() {
    return FilterOrder.HOST.order();
  }
}
