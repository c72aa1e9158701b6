package org.omnimamba.jobs.batch;

import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.usage.AnswerUsage;
import org.omnimamba.web.usage.Usage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The tokens of all answers of a batch, in the shape that batches tell them. */
final class BatchUsage {
  private Usage sum = Usage.NONE;
  private long total;

  /** Adds what one answer tells, of whichever endpoint. */
  void add(JsonNode usage) {
    Usage one = AnswerUsage.of(usage, 0);
    sum = sum.plus(one);
    total += usage.path("total_tokens").asLong(one.inputTokens() + one.outputTokens());
  }

  ObjectNode json(JobJson json) {
    ObjectNode usage = json.object();
    usage.put("input_tokens", sum.inputTokens());
    usage.putObject("input_tokens_details").put("cached_tokens", sum.cachedTokens());
    usage.put("output_tokens", sum.outputTokens());
    usage.putObject("output_tokens_details").put("reasoning_tokens", 0);
    usage.put("total_tokens", total);
    return usage;
  }
}
