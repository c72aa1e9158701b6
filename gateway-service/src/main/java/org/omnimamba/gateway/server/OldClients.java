package org.omnimamba.gateway.server;

import io.netty.handler.codec.http.HttpVersion;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Clients of HTTP/1.0, which know no chunks: the end of the connection ends their answer. */
final class OldClients {
  private OldClients() {}

  static Mono<Void> withoutChunks(Mono<Void> handling, Connection connection) {
    if (connection instanceof HttpServerRequest request
        && request.version().equals(HttpVersion.HTTP_1_0)
        && connection instanceof HttpServerResponse response) {
      response.chunkedTransfer(false).keepAlive(false);
    }
    return handling;
  }
}
