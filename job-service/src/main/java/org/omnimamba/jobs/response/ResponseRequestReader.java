package org.omnimamba.jobs.response;

import static org.omnimamba.jobs.response.RefusedResponseException.invalid;
import static org.omnimamba.jobs.response.RefusedResponseException.missing;
import static org.omnimamba.jobs.response.RefusedResponseException.type;
import static org.omnimamba.jobs.response.RefusedResponseException.unsupported;

import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.web.json.MemberName;
import org.omnimamba.web.json.UnicodeText;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks the body of {@code POST /v1/responses}. What the model cannot do is refused by name;
 * ranges of numbers, and pictures, are checked by inference-service, which knows the model.
 */
public final class ResponseRequestReader {
  /** Cannot change what this model answers. */
  private static final Set<String> IGNORED =
      Set.of(
          "user",
          "safety_identifier",
          "prompt_cache_key",
          "prompt_cache_retention",
          "service_tier",
          "parallel_tool_calls");

  private static final String MOST_TOKENS = "max_output_tokens";

  private static final Set<String> READ =
      Set.of(
          "model",
          "input",
          "instructions",
          MOST_TOKENS,
          "temperature",
          "top_p",
          "metadata",
          "store",
          "background",
          "stream",
          "stream_options",
          "previous_response_id",
          "tools",
          "tool_choice",
          "text",
          "truncation",
          "top_logprobs",
          "seed",
          "top_k",
          "min_p",
          "repetition_penalty");

  /** Sampling, as inference-service takes it. */
  private static final Set<String> SAMPLING =
      Set.of("temperature", "top_p", "seed", "top_k", "min_p", "repetition_penalty");

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final int MAX_PAIRS = 16;
  private static final int MAX_KEY = 64;
  private static final int MAX_VALUE = 512;

  private final JsonNode body;
  private final boolean line;

  private ResponseRequestReader(JsonNode body, boolean line) {
    this.body = body;
    this.line = line;
  }

  /**
   * What is asked for.
   *
   * @throws RefusedResponseException naming the member that is wrong
   */
  public static ResponseRequest read(JsonNode body) {
    return read(body, false);
  }

  /**
   * As {@link #read}, for a request of a batch: its answer goes to a file, so it is neither
   * streamed nor in the background, and stored beside that only where this is asked for.
   *
   * @throws RefusedResponseException naming the member that is wrong
   */
  static ResponseRequest readLine(JsonNode body) {
    return read(body, true);
  }

  private static ResponseRequest read(JsonNode body, boolean line) {
    if (!body.isObject()) {
      throw new RefusedResponseException(null, "invalid_json", "The body must be a JSON object.");
    }
    UnicodeText.malformed(body, "")
        .ifPresent(
            pointer -> {
              throw invalid(
                  MemberName.of(pointer), "The text has half of a Unicode surrogate pair.");
            });
    return new ResponseRequestReader(body, line).request();
  }

  private ResponseRequest request() {
    refuseOthers();
    String model = text("model");
    if (model == null) {
      throw missing("model");
    }
    if (!body.hasNonNull("input")) {
      throw missing("input");
    }
    InputItems input = InputItems.read(body.path("input"));
    DrawingTool tool = DrawingTool.read(body.path("tools"), body.path("tool_choice"));
    boolean draws = tool.draws(input.hasPicture());
    boolean store = flag("store", !line);
    boolean background = flag("background", false);
    boolean stream = flag("stream", false);
    if (line && background) {
      throw unsupported("background", " A request of a batch is in the background anyway.");
    }
    if (line && stream) {
      throw unsupported("stream", " A request of a batch is not streamed.");
    }
    if (background && !store) {
      throw invalid("store", "A background response must be stored: leave 'store' out.");
    }
    String instructions = text("instructions");
    ObjectNode passed = NODES.objectNode();
    passed.put("model", model);
    SAMPLING.forEach(name -> pass(passed, name));
    pass(passed, "truncation");
    JsonNode format = format();
    if (draws) {
      passed.setAll(tool.options());
      if (format != null) {
        throw unsupported("text.format", " The answer is a picture.");
      }
    } else {
      JsonNode most = mostTokens();
      if (!most.isNull()) {
        passed.set("max_completion_tokens", most);
      }
      if (format != null) {
        passed.set("response_format", format);
      }
    }
    return new ResponseRequest(
        head(model, instructions, tool, store, background),
        input.items(),
        instructions,
        store,
        background,
        stream,
        previous(),
        draws,
        passed);
  }

  private void refuseOthers() {
    body.properties()
        .forEach(
            member -> {
              String name = member.getKey();
              JsonNode value = member.getValue();
              boolean nothing = value.isNull() || (value.isContainer() && value.isEmpty());
              if (!nothing && !READ.contains(name) && !IGNORED.contains(name)) {
                throw unsupported(name, " This model cannot do it.");
              }
            });
    JsonNode top = body.path("top_logprobs");
    if (top.isNumber() && top.doubleValue() != 0) {
      throw unsupported("top_logprobs", " Chat completions tell them.");
    }
    body.path("stream_options")
        .properties()
        .forEach(
            option -> {
              if (!option.getKey().equals("include_obfuscation")) {
                throw unsupported("stream_options." + option.getKey(), "");
              }
            });
  }

  /** What {@code text} asks for beyond plain text, in the form of a chat; null for plain text. */
  private @Nullable JsonNode format() {
    JsonNode text = body.path("text");
    text.properties()
        .forEach(
            member -> {
              boolean medium = member.getValue().asString("medium").equals("medium");
              if (!member.getKey().equals("format")
                  && !(member.getKey().equals("verbosity") && medium)) {
                throw unsupported("text." + member.getKey(), "");
              }
            });
    JsonNode format = text.path("format");
    String kind = format.path("type").asString("text");
    if (kind.equals("text")) {
      return null;
    }
    ObjectNode wanted = NODES.objectNode().put("type", kind);
    if (kind.equals("json_schema")) {
      ObjectNode schema = ((ObjectNode) format).deepCopy();
      schema.remove("type");
      wanted.set(kind, schema);
    }
    return wanted;
  }

  private ObjectNode head(
      String model,
      @Nullable String instructions,
      DrawingTool tool,
      boolean store,
      boolean background) {
    ObjectNode head = NODES.objectNode();
    head.put("object", "response");
    head.put("model", model);
    head.put("background", background);
    head.put("store", store);
    head.put("instructions", instructions);
    head.set(MOST_TOKENS, mostTokens());
    head.set("previous_response_id", orNull("previous_response_id"));
    head.set("temperature", orNull("temperature"));
    head.set("top_p", orNull("top_p"));
    head.put("parallel_tool_calls", true);
    head.set("tools", tool.tools());
    head.set("tool_choice", tool.choice());
    head.put("truncation", body.path("truncation").asString("disabled"));
    ObjectNode text = head.putObject("text");
    JsonNode format = body.path("text").path("format");
    text.set("format", format.isObject() ? format : NODES.objectNode().put("type", "text"));
    head.putObject("reasoning").putNull("effort").putNull("summary");
    head.set("metadata", metadata());
    return head;
  }

  /** At least 1, or null; more than a context ever has is said as the largest whole number. */
  private JsonNode mostTokens() {
    JsonNode most = orNull(MOST_TOKENS);
    if (most.isNull()) {
      return most;
    }
    if (!most.isIntegralNumber()) {
      throw type(MOST_TOKENS, "a whole number");
    }
    if (most.bigIntegerValue().signum() <= 0) {
      throw invalid(MOST_TOKENS, "'" + MOST_TOKENS + "' must be at least 1.");
    }
    return most.canConvertToInt() ? most : NODES.numberNode(Integer.MAX_VALUE);
  }

  private JsonNode orNull(String name) {
    return body.hasNonNull(name) ? body.path(name) : NODES.nullNode();
  }

  private ObjectNode metadata() {
    ObjectNode metadata = NODES.objectNode();
    JsonNode given = body.path("metadata");
    if (given.isMissingNode() || given.isNull()) {
      return metadata;
    }
    if (!given.isObject()) {
      throw type("metadata", "an object");
    }
    if (given.size() > MAX_PAIRS) {
      throw invalid("metadata", "'metadata' must have at most " + MAX_PAIRS + " pairs.");
    }
    given
        .properties()
        .forEach(
            pair -> {
              String key = pair.getKey();
              JsonNode value = pair.getValue();
              if (key.isEmpty()
                  || key.length() > MAX_KEY
                  || !value.isString()
                  || value.stringValue().length() > MAX_VALUE) {
                throw invalid(
                    "metadata",
                    "Keys have 1 to %d characters and values are texts of at most %d."
                        .formatted(MAX_KEY, MAX_VALUE));
              }
              metadata.set(key, value);
            });
    return metadata;
  }

  private @Nullable UUID previous() {
    String name = text("previous_response_id");
    return name == null
        ? null
        : ResponseIds.parse(name).orElseThrow(() -> ResponseStore.noPrevious(name));
  }

  private void pass(ObjectNode to, String name) {
    if (body.hasNonNull(name)) {
      to.set(name, body.path(name));
    }
  }

  private @Nullable String text(String name) {
    JsonNode value = body.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw type(name, "a string");
    }
    return value.stringValue();
  }

  private boolean flag(String name, boolean absent) {
    JsonNode value = body.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return absent;
    }
    if (!value.isBoolean()) {
      throw type(name, "true or false");
    }
    return value.booleanValue();
  }
}
