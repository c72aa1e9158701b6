package org.omnimamba.gateway.mcp;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.server.McpStatelessServerHandler;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import io.modelcontextprotocol.spec.McpStatelessServerTransport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.errors.ApiException;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The protocol's messages over HTTP: one in a request's body, its answer in the response's. */
@Component
final class McpEndpoint implements McpStatelessServerTransport {
  private static final String ARGUMENTS = "arguments";
  private static final Set<String> NEED_PARAMETERS =
      Set.of(McpSchema.METHOD_INITIALIZE, McpSchema.METHOD_TOOLS_CALL);

  private final McpJsonMapper json = McpJsonDefaults.getMapper();
  private volatile @Nullable McpStatelessServerHandler handler;

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
    McpTransportContext context =
        McpTransportContext.create(Map.of(OwnApi.Origin.KEY, OwnApi.Origin.of(request)));
    return DataBufferUtils.join(request.exchange().getRequest().getBody())
        .map(McpEndpoint::text)
        .defaultIfEmpty("")
        .publishOn(Schedulers.boundedElastic())
        .flatMap(text -> answer(context, text));
  }

  private static String text(DataBuffer buffer) {
    String text = buffer.toString(StandardCharsets.UTF_8);
    DataBufferUtils.release(buffer);
    return text;
  }

  private Mono<ServerResponse> answer(McpTransportContext context, String text) {
    McpStatelessServerHandler server = handler;
    if (server == null) {
      return Mono.error(new IllegalStateException("the MCP server has no handler"));
    }
    JSONRPCMessage message;
    try {
      message = McpSchema.deserializeJsonRpcMessage(json, text);
    } catch (IOException | RuntimeException e) {
      return Mono.error(notAMessage());
    }
    if (!McpSchema.JSONRPC_VERSION.equals(message.jsonrpc())) {
      return Mono.error(notAMessage());
    }
    if (message instanceof JSONRPCRequest request) {
      return hasObjects(request)
          ? server.handleRequest(context, request).flatMap(this::write)
          : write(invalidParams(request));
    }
    return message instanceof JSONRPCNotification notification
        ? server
            .handleNotification(context, notification)
            .then(Mono.defer(() -> ServerResponse.accepted().build()))
        : ServerResponse.accepted().build();
  }

  private static ApiException notAMessage() {
    return ApiException.invalidRequest(
        HttpStatus.BAD_REQUEST, "invalid_json_rpc", "The body must be one JSON-RPC 2.0 message.");
  }

  /** Whether the parameters are objects where the methods of this server want them. */
  private static boolean hasObjects(JSONRPCRequest request) {
    if (request.params() == null) {
      return !NEED_PARAMETERS.contains(request.method());
    }
    return request.params() instanceof Map<?, ?> params
        && (params.get(ARGUMENTS) == null || params.get(ARGUMENTS) instanceof Map<?, ?>);
  }

  private static JSONRPCResponse invalidParams(JSONRPCRequest request) {
    return JSONRPCResponse.error(
        request.id(),
        new JSONRPCError(
            McpSchema.ErrorCodes.INVALID_PARAMS, "params, and arguments in it, must be objects."));
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
