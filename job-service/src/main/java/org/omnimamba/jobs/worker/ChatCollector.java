package org.omnimamba.jobs.worker;

import java.util.Map;
import java.util.TreeMap;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.result.JobResult;
import org.omnimamba.jobs.usage.AnswerUsage;
import org.omnimamba.queue.job.Progress;
import org.omnimamba.queue.job.StoredResult;
import org.omnimamba.web.usage.Usage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts the chunks of a chat completion together into the object that the same request without
 * {@code stream} would have been answered with. Members it does not know are kept: lists are
 * joined, of other values the last one counts.
 */
final class ChatCollector implements AnswerCollector {
  /** The tree of log probabilities takes seven times their text; beside it, the text is written. */
  static final int COPIES = 10;

  private final JobJson json;
  private final ObjectNode answer;
  private final Map<Integer, ObjectNode> choices = new TreeMap<>();
  private long total;
  private long done;
  private final JobMemory.Space memory;

  /**
   * Collects one answer.
   *
   * @param memory what the chunks are kept in
   */
  ChatCollector(JobJson json, JobMemory.Space memory) {
    this.json = json;
    this.answer = json.object();
    this.memory = memory;
  }

  @Override
  public void prepare(ObjectNode request) {
    request.put("stream", true);
    request.putObject("stream_options").put("include_usage", true);
    JsonNode limit =
        request.has("max_completion_tokens")
            ? request.path("max_completion_tokens")
            : request.path("max_tokens");
    total = limit.isIntegralNumber() && limit.canConvertToInt() ? Math.max(0, limit.intValue()) : 0;
  }

  @Override
  public Step accept(JsonNode event) {
    if (!event.isObject()) {
      throw new BrokenStreamException("inference-service sent a chunk that is no object");
    }
    memory.take(event.toString().length(), COPIES);
    event
        .properties()
        .forEach(
            member -> {
              if (!member.getKey().equals("choices") && !member.getValue().isNull()) {
                answer.set(member.getKey(), member.getValue());
              }
            });
    long before = done;
    event.path("choices").forEach(this::acceptChoice);
    return done == before ? Step.NONE : Step.of(Progress.of(done, Math.max(total, done)));
  }

  private void acceptChoice(JsonNode chunk) {
    ObjectNode choice =
        choices.computeIfAbsent(chunk.path("index").asInt(0), index -> emptyChoice());
    chunk
        .properties()
        .forEach(
            member -> {
              if (!member.getKey().equals("delta")) {
                merge(choice, member.getKey(), member.getValue());
              }
            });
    ObjectNode message = choice.withObjectProperty("message");
    chunk.path("delta").properties().forEach(m -> append(message, m.getKey(), m.getValue()));
    done += tokens(chunk);
  }

  /** A whole message says that it is no refusal, and the pieces of a message do not. */
  private ObjectNode emptyChoice() {
    ObjectNode choice = json.object();
    choice.putObject("message").putNull("refusal");
    return choice;
  }

  /** A chunk carries its token ids when they were asked for; else it stands for one token. */
  private static long tokens(JsonNode chunk) {
    JsonNode ids = chunk.path("token_ids");
    if (ids.isArray()) {
      return ids.size();
    }
    return chunk.path("delta").path("content").asString("").isEmpty() ? 0 : 1;
  }

  private static void append(ObjectNode message, String name, JsonNode value) {
    JsonNode before = message.path(name);
    if (name.equals("content") && before.isString() && value.isString()) {
      message.put(name, before.stringValue() + value.stringValue());
    } else {
      merge(message, name, value);
    }
  }

  private static void merge(ObjectNode into, String name, JsonNode value) {
    if (value.isNull()) {
      if (!into.has(name)) {
        into.set(name, value);
      }
      return;
    }
    JsonNode before = into.path(name);
    if (before instanceof ArrayNode list && value instanceof ArrayNode more) {
      list.addAll(more);
    } else if (before instanceof ObjectNode object && value.isObject()) {
      value.properties().forEach(m -> merge(object, m.getKey(), m.getValue()));
    } else {
      into.set(name, value.deepCopy());
    }
  }

  @Override
  public Usage usage() {
    return AnswerUsage.of(answer.path("usage"), 0);
  }

  @Override
  public JobResult result() {
    boolean whole =
        !choices.isEmpty()
            && choices.values().stream().allMatch(c -> c.path("finish_reason").isString());
    if (!whole) {
      throw new BrokenStreamException("the answer of inference-service ended too early");
    }
    answer.put("object", "chat.completion");
    ArrayNode list = answer.putArray("choices");
    choices.values().forEach(list::add);
    return new JobResult(
        Map.of(JobResult.RESPONSE, new StoredResult("application/json", json.bytes(answer))));
  }
}
