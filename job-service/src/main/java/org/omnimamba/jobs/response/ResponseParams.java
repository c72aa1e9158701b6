package org.omnimamba.jobs.response;

import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.worker.UpstreamException;

/** What the members of a request to inference-service are called in a response's. */
public final class ResponseParams {
  /** What stands there in a chat stands in {@code text.format} itself in a response. */
  private static final String JSON_SCHEMA = "response_format.json_schema";

  private ResponseParams() {}

  /** A refusal of inference-service, about the member of the response's request. */
  public static UpstreamException aboutTheResponse(UpstreamException upstream) {
    String param = of(upstream.member("param"));
    return param == null ? upstream : upstream.about(param);
  }

  /** The name in the response's request. */
  public static @Nullable String of(@Nullable String upstream) {
    if (upstream == null) {
      return null;
    }
    if (upstream.startsWith("messages") || upstream.equals("prompt")) {
      return "input";
    }
    if (upstream.startsWith(JSON_SCHEMA)) {
      return "text.format" + upstream.substring(JSON_SCHEMA.length());
    }
    return switch (upstream) {
      case "max_completion_tokens" -> "max_output_tokens";
      case "response_format" -> "text.format";
      case "size", "output_format", "output_compression", "quality", "partial_images" ->
          "tools[0]." + upstream;
      default -> upstream;
    };
  }
}
