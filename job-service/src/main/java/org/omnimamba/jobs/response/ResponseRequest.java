package org.omnimamba.jobs.response;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.job.Endpoint;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is asked of {@code POST /v1/responses}, checked.
 *
 * @param head the members of the response that repeat the request
 * @param input the items of the input, all in their long form
 * @param instructions what stands before the conversation, or null
 * @param store whether the response is kept
 * @param background whether it is a job
 * @param stream whether its events are asked for
 * @param previous the response that it goes on from, or null
 * @param draws whether the answer is a picture
 * @param passed the members of the request to inference-service but for the prompt itself
 */
public record ResponseRequest(
    ObjectNode head,
    ArrayNode input,
    @Nullable String instructions,
    boolean store,
    boolean background,
    boolean stream,
    @Nullable UUID previous,
    boolean draws,
    ObjectNode passed) {

  /** Which request of inference-service answers it. */
  public Endpoint endpoint() {
    return draws ? Endpoint.IMAGES : Endpoint.CHAT;
  }

  /**
   * The request to inference-service, which asks for a stream.
   *
   * @param earlier the items of the conversation before, oldest first
   * @throws RefusedResponseException when there is no text to draw from
   */
  public ObjectNode upstream(ArrayNode earlier) {
    ObjectNode body = passed.deepCopy();
    body.put("stream", true);
    if (draws) {
      body.put("prompt", Conversation.prompt(input));
      if (!stream || background) {
        body.remove("partial_images");
      }
      return body;
    }
    body.putObject("stream_options").put("include_usage", true);
    ArrayNode items = earlier.deepCopy();
    items.addAll(input);
    body.set("messages", Conversation.messages(instructions, items));
    return body;
  }
}
