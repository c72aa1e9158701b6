package org.omnimamba.jobs.response;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The events of a response's stream, numbered from 0 in the order in which they are asked for here.
 *
 * <p>Those of a background response follow from its state alone ({@link #replay}), so that they are
 * the same whenever and wherever they are read: its text comes in one piece.
 */
public final class ResponseEvents {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final String DRAWING = "response.image_generation_call.";

  private final UUID id;
  private long next;

  ResponseEvents(UUID id) {
    this.id = id;
  }

  /** All events that a background response has had so far. */
  public static List<ObjectNode> replay(StoredResponse response) {
    ResponseEvents events = new ResponseEvents(response.id());
    List<ObjectNode> all = new ArrayList<>();
    all.add(events.response("response.created", response.object("queued")));
    all.add(events.response("response.queued", response.object("queued")));
    ObjectNode now = response.object();
    String status = now.path("status").asString("");
    if (status.equals("queued") || status.equals("cancelled")) {
      return all;
    }
    all.add(events.response("response.in_progress", response.object("in_progress")));
    if (status.equals("in_progress")) {
      return all;
    }
    JsonNode item = now.path("output").path(0);
    if (item.isObject()) {
      boolean draws = item.path("type").asString("").equals(Conversation.PICTURE);
      all.addAll(events.opened(draws));
      String text = textOf(item);
      if (!text.isEmpty()) {
        all.add(events.delta(text));
      }
      all.addAll(events.closed(item));
    }
    all.add(events.response("response." + status, now));
    return all;
  }

  /** {@code response.created}, {@code response.completed} and so on. */
  ObjectNode response(String type, ObjectNode response) {
    ObjectNode event = event(type);
    event.set("response", response);
    return event;
  }

  /** The item of the output begins. */
  List<ObjectNode> opened(boolean draws) {
    ObjectNode added = event("response.output_item.added").put("output_index", 0);
    if (draws) {
      added
          .putObject("item")
          .put("type", Conversation.PICTURE)
          .put("id", ResponseIds.picture(id))
          .put("status", "in_progress")
          .putNull("result");
      return List.of(added, drawing("in_progress"), drawing("generating"));
    }
    ObjectNode item = added.putObject("item");
    item.put("type", "message").put("id", ResponseIds.message(id));
    item.put("status", "in_progress").put("role", "assistant").putArray("content");
    ObjectNode part = text("response.content_part.added");
    part.set("part", part(""));
    return List.of(added, part);
  }

  ObjectNode delta(String text) {
    ObjectNode event = text("response.output_text.delta").put("delta", text);
    event.putArray("logprobs");
    return event;
  }

  ObjectNode partialPicture(int index, String base64) {
    return drawing("partial_image")
        .put("partial_image_index", index)
        .put("partial_image_b64", base64);
  }

  /** The item of the output is whole. */
  List<ObjectNode> closed(JsonNode item) {
    List<ObjectNode> events = new ArrayList<>();
    if (item.path("type").asString("").equals(Conversation.PICTURE)) {
      events.add(drawing("completed"));
    } else {
      ObjectNode done = text("response.output_text.done").put("text", textOf(item));
      done.putArray("logprobs");
      events.add(done);
      ObjectNode part = text("response.content_part.done");
      part.set("part", part(textOf(item)));
      events.add(part);
    }
    ObjectNode done = event("response.output_item.done").put("output_index", 0);
    done.set("item", item);
    events.add(done);
    return events;
  }

  static ObjectNode part(String text) {
    ObjectNode part = NODES.objectNode().put("type", "output_text").put("text", text);
    part.putArray("annotations");
    part.putArray("logprobs");
    return part;
  }

  private static String textOf(JsonNode item) {
    return item.path("content").path(0).path("text").asString("");
  }

  private ObjectNode drawing(String what) {
    return event(DRAWING + what).put("output_index", 0).put("item_id", ResponseIds.picture(id));
  }

  private ObjectNode text(String type) {
    return event(type)
        .put("item_id", ResponseIds.message(id))
        .put("output_index", 0)
        .put("content_index", 0);
  }

  private ObjectNode event(String type) {
    return NODES.objectNode().put("type", type).put("sequence_number", next++);
  }
}
