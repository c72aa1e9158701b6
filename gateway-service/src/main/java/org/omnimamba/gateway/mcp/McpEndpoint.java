package org.omnimamba.gateway.mcp;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The protocol's messages over HTTP: one in a request's body, its answer in the response's. */
@Component
final class McpEndpoint implements McpStatelessServerTransport {
  private final McpJsonMapper json = McpJsonDefaults.getMapper();
  private final MessageReader reader = new MessageReader(json);
  private final HeaderChecks headers;
  private final ParameterChecks parameters;
  private volatile @Nullable McpStatelessServerHandler handler;

  McpEndpoint(HeaderChecks headers, McpTools tools) {
    this.headers = headers;
    this.parameters = new ParameterChecks(tools.names());
  }

  @Override
  public void setMcpHandler(McpStatelessServerHandler mcpHandler) {
    handler = mcpHandler;
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.empty();
  }

  /** Answers a message. Reading it may load the SDK's schemas, so that is not for an event loop. */
  Mono<ServerResponse> handle(ServerRequest request) {
    headers.requireAllowedOrigin(request);
    McpTransportContext context =
        McpTransportContext.create(Map.of(OwnApi.Origin.KEY, OwnApi.Origin.of(request)));
    return DataBufferUtils.join(request.exchange().getRequest().getBody())
        .map(McpEndpoint::text)
        .defaultIfEmpty("")
        .publishOn(Schedulers.boundedElastic())
        .flatMap(text -> answer(request, context, text));
  }

  private static String text(DataBuffer buffer) {
    String text = buffer.toString(StandardCharsets.UTF_8);
    DataBufferUtils.release(buffer);
    return text;
  }

  private Mono<ServerResponse> answer(
      ServerRequest http, McpTransportContext context, String text) {
    McpStatelessServerHandler server = handler;
    if (server == null) {
      return Mono.error(new IllegalStateException("the MCP server has no handler"));
    }
    Optional<JSONRPCRequest> read = reader.read(text);
    // The version is what the first request is about: no header can be right or wrong there.
    if (read.isEmpty() || !read.get().method().equals(McpSchema.METHOD_INITIALIZE)) {
      HeaderChecks.requireVersion(http, protocolVersions());
    }
    if (read.isEmpty()) {
      // No notification changes anything here, and nothing is asked of a client.
      return ServerResponse.accepted().build();
    }
    JSONRPCRequest request = read.get();
    JSONRPCError error = parameters.errorOf(request);
    return error == null
        ? server.handleRequest(context, ParameterChecks.withoutNulls(request)).flatMap(this::write)
        : write(JSONRPCResponse.error(request.id(), error));
  }

  private Mono<ServerResponse> write(JSONRPCResponse response) {
    try {
      return ServerResponse.ok()
          .contentType(MediaType.APPLICATION_JSON)
          .bodyValue(json.writeValueAsBytes(response));
    } catch (IOException e) {
      return Mono.error(new UncheckedIOException(e));
    }
  }
}
