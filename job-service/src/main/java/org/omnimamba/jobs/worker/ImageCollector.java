package org.omnimamba.jobs.worker;

import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
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
 * Puts the events of an image generation together into the object that the same request without
 * {@code stream} would have been answered with, the bytes of the pictures taken out and linked.
 */
final class ImageCollector implements AnswerCollector {
  private static final String COMPLETED = "image_generation.completed";
  private static final String PARTIAL = "image_generation.partial_image";
  private static final String PROGRESS = "image_generation.progress";

  private static final String INDEX = "image_index";
  private static final int MAX_IMAGES = 1000;

  /** The base64 as it comes, its bytes, and the message that carries them to the database. */
  private static final int COPIES = 3;

  private final JobJson json;
  private final JobMemory.Space memory;
  private final UUID job;
  private final Map<Integer, byte[]> images = new TreeMap<>();
  private final Map<Integer, ObjectNode> data = new TreeMap<>();
  private final Map<Integer, Long> tokensDone = new TreeMap<>();
  private final ObjectNode answer;
  private int expected = 1;

  /**
   * Collects one answer.
   *
   * @param memory what the pictures are kept in
   */
  ImageCollector(JobJson json, UUID job, JobMemory.Space memory) {
    this.json = json;
    this.memory = memory;
    this.job = job;
    this.answer = json.object();
  }

  @Override
  public void prepare(ObjectNode request) {
    request.put("stream", true);
    request.putObject("stream_options").put("include_progress", true);
    JsonNode n = request.path("n");
    expected = n.isIntegralNumber() && n.canConvertToInt() ? Math.max(1, n.intValue()) : 1;
  }

  @Override
  public Step accept(JsonNode event) {
    return switch (event.path("type").asString("")) {
      case PROGRESS -> progress(event);
      case PARTIAL ->
          new Step(
              null,
              new PartialImage(
                  index(event), event.path("partial_image_index").asInt(0), bytes(event)));
      case COMPLETED -> {
        complete(event);
        yield Step.NONE;
      }
      default -> Step.NONE;
    };
  }

  /** Each picture tells its own progress; the job's is the sum. */
  private Step progress(JsonNode event) {
    tokensDone.put(index(event), Math.max(0, event.path("tokens_done").asLong(0)));
    long total = Math.max(0, event.path("tokens_total").asLong(0)) * expected;
    long done = tokensDone.values().stream().mapToLong(Long::longValue).sum();
    return Step.of(Progress.of(done, total));
  }

  private void complete(JsonNode event) {
    memory.take(event.toString().length(), COPIES);
    int index = event.has(INDEX) ? index(event) : images.size();
    images.put(index, bytes(event));
    ObjectNode datum = json.object();
    event
        .properties()
        .forEach(
            member -> {
              switch (member.getKey()) {
                case "type", "b64_json", INDEX -> {}
                case "token_ids", "revised_prompt" -> datum.set(member.getKey(), member.getValue());
                case "created_at" -> answer.set("created", member.getValue());
                case "usage" -> addUsage(member.getValue());
                default -> answer.set(member.getKey(), member.getValue());
              }
            });
    datum.put("url", "/v1/jobs/" + job + "/content?index=" + index);
    data.put(index, datum);
  }

  /** Each picture tells its own use; the answer tells the sum. */
  private void addUsage(JsonNode usage) {
    ObjectNode sum = answer.withObjectProperty("usage");
    usage
        .properties()
        .forEach(
            member -> {
              JsonNode value = member.getValue();
              JsonNode before = sum.path(member.getKey());
              if (value.isIntegralNumber() && before.isIntegralNumber()) {
                sum.put(member.getKey(), before.longValue() + value.longValue());
              } else {
                sum.set(member.getKey(), value.deepCopy());
              }
            });
  }

  private static int index(JsonNode event) {
    int index = event.path(INDEX).asInt(0);
    if (index < 0 || index >= MAX_IMAGES) {
      throw new BrokenStreamException("inference-service sent an image with an impossible index");
    }
    return index;
  }

  private static byte[] bytes(JsonNode event) {
    try {
      return Base64.getDecoder().decode(event.path("b64_json").asString(""));
    } catch (IllegalArgumentException e) {
      throw new BrokenStreamException("inference-service sent an image that is not base64");
    }
  }

  @Override
  public Usage usage() {
    return AnswerUsage.of(answer.path("usage"), images.size());
  }

  @Override
  public JobResult result() {
    if (images.size() < expected) {
      throw new BrokenStreamException("the answer of inference-service ended too early");
    }
    ArrayNode list = answer.putArray("data");
    data.values().forEach(list::add);
    Map<String, StoredResult> parts = new LinkedHashMap<>();
    parts.put(JobResult.RESPONSE, new StoredResult("application/json", json.bytes(answer)));
    images.forEach(
        (index, bytes) ->
            parts.put(JobResult.image(index), new StoredResult(ImageTypes.of(bytes), bytes)));
    return new JobResult(parts);
  }
}
