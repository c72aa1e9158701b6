package org.omnimamba.gateway.mcp;

import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.omnimamba.gateway.errors.ApiException;
import org.springframework.http.HttpStatus;

/** Reads messages of JSON-RPC 2.0, with the ids that the protocol allows. */
final class MessageReader {
  private static final TypeRef<Map<String, Object>> OBJECT = new TypeRef<>() {};
  private static final String METHOD = "method";
  private static final String ID = "id";

  private final McpJsonMapper json;

  MessageReader(McpJsonMapper json) {
    this.json = json;
  }

  /**
   * The request; empty for a message that wants no answer.
   *
   * @throws ApiException 400 saying why it is no message
   */
  Optional<JSONRPCRequest> read(String text) {
    Map<String, Object> message;
    try {
      message = json.readValue(text, OBJECT);
    } catch (IOException | RuntimeException e) {
      throw refusal("The body must be one JSON-RPC 2.0 message.");
    }
    if (!McpSchema.JSONRPC_VERSION.equals(message.get("jsonrpc"))) {
      throw refusal("jsonrpc must be \"2.0\".");
    }
    if (!message.containsKey(METHOD)) {
      if (message.containsKey("result") || message.containsKey("error")) {
        return Optional.empty();
      }
      throw refusal("The message has no method.");
    }
    if (!(message.get(METHOD) instanceof String method)) {
      throw refusal("method must be a string.");
    }
    return message.containsKey(ID)
        ? Optional.of(
            new JSONRPCRequest(
                McpSchema.JSONRPC_VERSION, method, id(message.get(ID)), message.get("params")))
        : Optional.empty();
  }

  private static Object id(Object id) {
    if (id instanceof String || id instanceof Integer || id instanceof Long) {
      return id;
    }
    throw refusal("id must be a string or a whole number of 64 bits; a notification has none.");
  }

  private static ApiException refusal(String message) {
    return ApiException.invalidRequest(HttpStatus.BAD_REQUEST, "invalid_json_rpc", message);
  }
}
