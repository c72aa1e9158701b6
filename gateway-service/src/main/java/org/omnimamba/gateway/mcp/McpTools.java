package org.omnimamba.gateway.mcp;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpStatelessServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ImageContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.omnimamba.gateway.mcp.OwnApi.Answer;
import org.omnimamba.gateway.mcp.OwnApi.Origin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** The two tools: {@code draw} and {@code look}. What the API refuses is an error of the tool. */
@Component
final class McpTools {
  private static final Logger log = LoggerFactory.getLogger(McpTools.class);
  private static final String DRAWING = "/v1/images/generations";
  private static final String CHAT = "/v1/chat/completions";
  private static final String DATA = "data:";
  static final String NO_ANSWER = "The model gave no answer to this question.";

  private final OwnApi api;

  McpTools(OwnApi api) {
    this.api = api;
  }

  List<AsyncToolSpecification> all() {
    return List.of(
        tool(
            "draw",
            "Draws pictures from a description and returns them as PNG.",
            Map.of(
                "prompt", field("string", "What to draw."),
                "size", field("string", "Size as WIDTHxHEIGHT, or auto, which is the default."),
                "seed", field("integer", "The same seed draws the same pictures."),
                "n", field("integer", "Number of pictures, 1 to 10; 1 if absent.")),
            "prompt",
            this::draw),
        tool(
            "look",
            "Answers a question about a picture.",
            Map.of(
                "image",
                    field(
                        "string",
                        "The picture in base64, or as a data: URI: PNG, JPEG, WebP, GIF."),
                "question", field("string", "What to tell of it; a description if absent.")),
            "image",
            this::look));
  }

  List<String> names() {
    return all().stream().map(specification -> specification.tool().name()).toList();
  }

  private static Map<String, Object> field(String type, String description) {
    return Map.of("type", type, "description", description);
  }

  private static AsyncToolSpecification tool(
      String name, String description, Map<String, Object> fields, String required, Call call) {
    Tool tool =
        Tool.builder()
            .name(name)
            .description(description)
            .inputSchema(
                Map.of(
                    "type",
                    "object",
                    "properties",
                    fields,
                    "required",
                    List.of(required),
                    "additionalProperties",
                    false))
            .build();
    return AsyncToolSpecification.builder()
        .tool(tool)
        .callHandler((context, request) -> call.run(context, arguments(request)))
        .build();
  }

  private static Map<String, Object> arguments(CallToolRequest request) {
    return request.arguments() == null ? Map.of() : request.arguments();
  }

  /** What a tool does with its arguments. */
  private interface Call {
    Mono<CallToolResult> run(McpTransportContext context, Map<String, Object> arguments);
  }

  private Mono<CallToolResult> draw(McpTransportContext context, Map<String, Object> arguments) {
    return ask(context, DRAWING, arguments, McpTools::pictures);
  }

  private static CallToolResult pictures(JsonNode answer) {
    CallToolResult.Builder result = CallToolResult.builder();
    for (JsonNode picture : answer.path("data")) {
      result.addContent(new ImageContent(null, picture.path("b64_json").asString(""), "image/png"));
    }
    return result.isError(false).build();
  }

  private Mono<CallToolResult> look(McpTransportContext context, Map<String, Object> arguments) {
    String image = String.valueOf(arguments.get("image"));
    String uri = image.startsWith(DATA) ? image : DATA + ";base64," + image;
    Object question = arguments.getOrDefault("question", "Describe the picture.");
    Map<String, Object> message =
        Map.of(
            "role",
            "user",
            "content",
            List.of(
                Map.of("type", "text", "text", question),
                Map.of("type", "image_url", "image_url", Map.of("url", uri))));
    return ask(
        context, CHAT, Map.of("messages", List.of(message), "temperature", 0), McpTools::text);
  }

  /** The model may end its answer before its first word; clients refuse content without text. */
  private static CallToolResult text(JsonNode answer) {
    String text = answer.at("/choices/0/message/content").asString("").strip();
    return CallToolResult.builder()
        .addTextContent(text.isEmpty() ? NO_ANSWER : text)
        .isError(false)
        .build();
  }

  private Mono<CallToolResult> ask(
      McpTransportContext context,
      String path,
      Map<String, Object> body,
      Function<JsonNode, CallToolResult> result) {
    Origin origin = (Origin) context.get(Origin.KEY);
    return api.post(origin, path, new LinkedHashMap<>(body))
        .map(
            (Answer answer) ->
                answer.ok() ? result.apply(answer.body()) : error(answer.complaint()))
        .onErrorResume(
            failure -> {
              log.warn("a tool's request to {} failed: {}", path, failure.toString());
              return Mono.just(error("The platform did not answer. Try again."));
            });
  }

  private static CallToolResult error(String text) {
    return CallToolResult.builder().addTextContent(text).isError(true).build();
  }
}
