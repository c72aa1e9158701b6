package org.omnimamba.jobs.usage;

import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.queue.Statements;
import org.omnimamba.queue.job.TransactionHook;
import org.omnimamba.web.usage.Usage;
import org.omnimamba.web.usage.UsageOrigin;
import org.omnimamba.web.usage.UsageTables;
import org.springframework.stereotype.Component;

/** Writes what jobs used. */
@Component
public final class JobUsage {
  private final JobJson json;

  JobUsage(JobJson json) {
    this.json = json;
  }

  /** Counts what a job used for the key that it came with, in the transaction that completes it. */
  public TransactionHook adding(Usage usage) {
    return (connection, job) -> {
      String key = json.attributes(job.attributes()).key();
      return Statements.update(
              connection,
              UsageTables.ADD_JOB,
              job.id(),
              job.tenant(),
              key == null ? UsageOrigin.UNKNOWN : key,
              usage.pictures(),
              usage.inputTokens(),
              usage.cachedTokens(),
              usage.outputTokens())
          .then();
    };
  }
}
