package org.omnimamba.jobs.response;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.usage.AnswerUsage;
import org.omnimamba.jobs.worker.BrokenStreamException;
import org.omnimamba.jobs.worker.JobMemory;
import org.omnimamba.web.usage.Usage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes a response, and the events of its stream, out of what inference-service streams. Used by
 * one stream, one event after the other.
 */
public final class ResponseAssembly {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** The answer as it comes, as it is kept, and in the events that tell its end. */
  private static final int COPIES = 8;

  private final StoredResponse response;
  private final boolean draws;
  private final JobMemory.Space space;
  private final Clock clock;
  private final ResponseEvents events;
  private final StringBuilder text = new StringBuilder();
  private @Nullable String finish;
  private @Nullable ObjectNode picture;
  private JsonNode usage = NODES.nullNode();

  /**
   * Of a response that begins.
   *
   * @param draws whether pictures are streamed, else text
   * @param space what the answer takes
   */
  public ResponseAssembly(
      StoredResponse response, boolean draws, JobMemory.Space space, Clock clock) {
    this.response = response;
    this.draws = draws;
    this.space = space;
    this.clock = clock;
    this.events = new ResponseEvents(response.id());
  }

  /** The events before those of the answer. */
  public List<ObjectNode> began() {
    ObjectNode now = response.object("in_progress");
    List<ObjectNode> all = new ArrayList<>();
    all.add(events.response("response.created", now));
    all.add(events.response("response.in_progress", now));
    all.addAll(events.opened(draws));
    return all;
  }

  /**
   * Takes the next event of inference-service; what it is in the stream of the response, if
   * anything.
   */
  public List<ObjectNode> accept(JsonNode event) {
    if (event.path("usage").isObject()) {
      usage = event.path("usage");
    }
    return draws ? drawing(event) : chat(event);
  }

  private List<ObjectNode> chat(JsonNode event) {
    JsonNode choice = event.path("choices").path(0);
    if (choice.path("finish_reason").isString()) {
      finish = choice.path("finish_reason").stringValue();
    }
    String piece = choice.path("delta").path("content").asString("");
    if (piece.isEmpty()) {
      return List.of();
    }
    space.take(piece.length(), COPIES);
    text.append(piece);
    return List.of(events.delta(piece));
  }

  private List<ObjectNode> drawing(JsonNode event) {
    String base64 = event.path("b64_json").asString("");
    switch (event.path("type").asString("")) {
      case "image_generation.partial_image" -> {
        return List.of(events.partialPicture(event.path("partial_image_index").asInt(0), base64));
      }
      case "image_generation.completed" -> {
        space.take(base64.length(), COPIES);
        ObjectNode item = NODES.objectNode();
        item.put("type", Conversation.PICTURE);
        item.put("id", ResponseIds.picture(response.id()));
        item.put("status", "completed");
        for (String name : List.of("size", "quality", "background", "output_format")) {
          if (event.has(name)) {
            item.set(name, event.path(name));
          }
        }
        item.put("result", base64);
        picture = item;
      }
      default -> {
        // progress, which has no event here
      }
    }
    return List.of();
  }

  /**
   * The members that the end brings to the response.
   *
   * @throws BrokenStreamException when the answer ended too early
   */
  public ObjectNode end() {
    ObjectNode item = draws ? picture : message();
    if (item == null) {
      throw new BrokenStreamException("the answer of inference-service ended too early");
    }
    boolean cut = "length".equals(finish);
    ObjectNode end = NODES.objectNode();
    end.put("status", cut ? "incomplete" : "completed");
    if (cut) {
      end.putObject("incomplete_details").put("reason", "max_output_tokens");
    } else {
      end.put("completed_at", clock.instant().getEpochSecond());
    }
    end.putArray("output").add(item);
    end.set("usage", usage());
    return end;
  }

  /** The events after the answer. */
  public List<ObjectNode> ended(ObjectNode end) {
    List<ObjectNode> all = new ArrayList<>(events.closed(end.path("output").path(0)));
    all.add(
        events.response(
            "response." + end.path("status").asString(""), response.endedWith(end).object()));
    return all;
  }

  /** What a failure brings to the response. */
  public static ObjectNode failure(String message) {
    return StoredResponse.failed("server_error", message);
  }

  /** The event that ends the stream of a response that failed. */
  public ObjectNode failed(ObjectNode failure) {
    return events.response("response.failed", response.endedWith(failure).object());
  }

  private @Nullable ObjectNode message() {
    if (finish == null) {
      return null;
    }
    ObjectNode item = NODES.objectNode();
    item.put("type", "message");
    item.put("id", ResponseIds.message(response.id()));
    item.put("status", finish.equals("length") ? "incomplete" : "completed");
    item.put("role", "assistant");
    item.putArray("content").add(ResponseEvents.part(text.toString()));
    return item;
  }

  /** What the answer used, as far as inference-service told. */
  public Usage used() {
    return AnswerUsage.of(usage, draws ? 1 : 0);
  }

  /** Tokens under the names that responses have for them. */
  private JsonNode usage() {
    if (!usage.isObject()) {
      return usage;
    }
    Usage used = used();
    ObjectNode counts = NODES.objectNode();
    counts.put("input_tokens", used.inputTokens());
    counts
        .putObject("input_tokens_details")
        .put("cached_tokens", used.cachedTokens())
        .put("cache_write_tokens", 0);
    counts.put("output_tokens", used.outputTokens());
    counts.putObject("output_tokens_details").put("reasoning_tokens", 0);
    counts.put("total_tokens", used.inputTokens() + used.outputTokens());
    return counts;
  }
}
