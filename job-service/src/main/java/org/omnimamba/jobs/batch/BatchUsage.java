package org.omnimamba.jobs.batch;

import org.omnimamba.jobs.job.JobJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The tokens of all answers of a batch, in the shape that batches tell them. */
final class BatchUsage {
  private long input;
  private long cached;
  private long output;
  private long total;

  /** Adds what one answer tells, of a chat or of pictures. */
  void add(JsonNode usage) {
    long in = usage.path("prompt_tokens").asLong(usage.path("input_tokens").asLong(0));
    long out = usage.path("completion_tokens").asLong(usage.path("output_tokens").asLong(0));
    input += in;
    output += out;
    cached += usage.path("prompt_tokens_details").path("cached_tokens").asLong(0);
    total += usage.path("total_tokens").asLong(in + out);
  }

  ObjectNode json(JobJson json) {
    ObjectNode usage = json.object();
    usage.put("input_tokens", input);
    usage.putObject("input_tokens_details").put("cached_tokens", cached);
    usage.put("output_tokens", output);
    usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
    usage.put("total_tokens", total);
    return usage;
  }
}
