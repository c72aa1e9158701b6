package org.omnimamba.gateway.mcp;

import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse.JSONRPCError;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the parameters of requests before the SDK does, which fails at those of another form and
 * does not say which tool is unknown.
 */
final class ParameterChecks {
  private static final String ARGUMENTS = "arguments";
  private static final Set<String> NEED_PARAMETERS =
      Set.of(McpSchema.METHOD_INITIALIZE, McpSchema.METHOD_TOOLS_CALL);

  private final List<String> tools;

  /**
   * @param tools the names of all tools
   */
  ParameterChecks(List<String> tools) {
    this.tools = tools;
  }

  /** What is wrong with the parameters, or null. */
  @Nullable JSONRPCError errorOf(JSONRPCRequest request) {
    if (!hasObjects(request)) {
      return invalid("params, and arguments in it, must be objects.");
    }
    return isCall(request) && request.params() instanceof Map<?, ?> params ? errorOf(params) : null;
  }

  /** Whether the parameters are objects where the methods of this server want them. */
  private static boolean hasObjects(JSONRPCRequest request) {
    if (request.params() == null) {
      return !NEED_PARAMETERS.contains(request.method());
    }
    return request.params() instanceof Map<?, ?> params
        && (params.get(ARGUMENTS) == null || params.get(ARGUMENTS) instanceof Map<?, ?>);
  }

  private @Nullable JSONRPCError errorOf(Map<?, ?> call) {
    if (!(call.get("name") instanceof String name)) {
      return invalid("name must be that of a tool: " + String.join(", ", tools) + ".");
    }
    return tools.contains(name)
        ? null
        : invalid("Unknown tool: '" + name + "'. The tools are " + String.join(", ", tools) + ".");
  }

  private static JSONRPCError invalid(String message) {
    return new JSONRPCError(McpSchema.ErrorCodes.INVALID_PARAMS, message);
  }

  private static boolean isCall(JSONRPCRequest request) {
    return request.method().equals(McpSchema.METHOD_TOOLS_CALL);
  }

  /** The request without the arguments that are null: they count as absent, as in the API. */
  static JSONRPCRequest withoutNulls(JSONRPCRequest request) {
    if (!isCall(request)
        || !(request.params() instanceof Map<?, ?> params)
        || !(params.get(ARGUMENTS) instanceof Map<?, ?> arguments)) {
      return request;
    }
    Map<Object, Object> given = new LinkedHashMap<>(arguments);
    given.values().removeIf(Objects::isNull);
    Map<Object, Object> changed = new LinkedHashMap<>(params);
    changed.put(ARGUMENTS, given);
    return new JSONRPCRequest(request.jsonrpc(), request.method(), request.id(), changed);
  }
}
