package org.omnimamba.queue;

import java.util.UUID;
import org.omnimamba.queue.job.JobStatus;

/** What the model knows of one job. Times are seconds of the model's clock, in milliseconds. */
final class ModelJob {
  final UUID id;
  final String tenant;
  final int priority;
  final int maxAttempts;
  final String key;
  final int hash;
  long deadline;
  JobStatus status = JobStatus.QUEUED;
  long token;
  int attempt;
  long available;
  long rank;
  long leaseUntil;
  long finished;
  String errorCode;
  int endings;

  ModelJob(
      UUID id,
      String tenant,
      int priority,
      int maxAttempts,
      String key,
      int hash,
      long deadline,
      long now) {
    this.id = id;
    this.tenant = tenant;
    this.priority = priority;
    this.maxAttempts = maxAttempts;
    this.key = key;
    this.hash = hash;
    this.deadline = deadline;
    queueAt(now);
  }

  boolean isRunning() {
    return status == JobStatus.IN_PROGRESS || status == JobStatus.CANCELLING;
  }

  boolean isReady(long now) {
    return status == JobStatus.QUEUED && available <= now && deadline > now;
  }

  boolean isHeldUnder(long claimToken) {
    return isRunning() && token == claimToken;
  }

  void queueAt(long time) {
    status = JobStatus.QUEUED;
    available = time;
    rank = time - priority * QueueModel.AGEING;
  }

  void end(JobStatus terminal, long time) {
    status = terminal;
    finished = time;
    endings++;
  }

  /** Whether it may be redriven; a cancelled job may not, whatever its last error was. */
  boolean isDead() {
    return status == JobStatus.FAILED || status == JobStatus.EXPIRED;
  }

  void redrive(long time) {
    attempt = 0;
    deadline = QueueModel.NEVER;
    errorCode = null;
    queueAt(time);
  }

  @Override
  public String toString() {
    return id + " " + status + " token " + token + " attempt " + attempt;
  }
}
