package org.omnimamba.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.omnimamba.queue.job.JobError;
import org.omnimamba.queue.job.JobStatus;

/** The queue as its documentation describes it, in memory, without any thought of speed. */
final class QueueModel {
  static final long LEASE = 30_000;
  static final long AGEING = 60_000;
  static final long NEVER = Long.MAX_VALUE;
  static final int CAP = 2;
  static final int DEPTH = 5;

  final Map<UUID, ModelJob> jobs = new LinkedHashMap<>();
  private final Map<String, Long> turns = new HashMap<>();
  private long turn;
  long now = 1_000_000;

  Optional<ModelJob> byKey(String tenant, String key) {
    return jobs.values().stream()
        .filter(job -> job.tenant.equals(tenant) && key.equals(job.key))
        .findFirst();
  }

  /** How many more of a tenant's jobs may be queued. A job that comes back by itself always may. */
  long room(String tenant) {
    return DEPTH
        - jobs.values().stream()
            .filter(job -> job.tenant.equals(tenant) && job.status == JobStatus.QUEUED)
            .count();
  }

  /** The jobs that may be redriven, those that ended first coming first. */
  List<ModelJob> dead(String tenant, JobStatus status, String errorCode) {
    return jobs.values().stream()
        .filter(job -> job.tenant.equals(tenant) && job.status == status)
        .filter(job -> errorCode == null || errorCode.equals(job.errorCode))
        .sorted(Comparator.comparingLong(job -> job.finished))
        .toList();
  }

  /** Who is to be served, one seat after the other; the jobs are marked as claimed. */
  List<ModelJob> claim(int limit) {
    List<ModelJob> claimed = new ArrayList<>();
    Map<String, Integer> seats = new HashMap<>();
    jobs.values().stream()
        .filter(ModelJob::isRunning)
        .forEach(job -> seats.merge(job.tenant, 1, Integer::sum));
    Map<String, Long> before = Map.copyOf(turns);
    List<String> served = new ArrayList<>();
    while (claimed.size() < limit) {
      Optional<ModelJob> next =
          jobs.values().stream()
              .filter(job -> job.isReady(now) && seats.getOrDefault(job.tenant, 0) < CAP)
              .min(
                  Comparator.<ModelJob>comparingInt(job -> seats.getOrDefault(job.tenant, 0))
                      .thenComparingLong(job -> before.getOrDefault(job.tenant, 0L))
                      .thenComparing(job -> job.tenant)
                      .thenComparingLong(job -> job.rank));
      if (next.isEmpty()) {
        break;
      }
      ModelJob job = next.get();
      seats.merge(job.tenant, 1, Integer::sum);
      job.status = JobStatus.IN_PROGRESS;
      job.token++;
      job.attempt++;
      job.leaseUntil = now + LEASE;
      claimed.add(job);
      if (!served.contains(job.tenant)) {
        served.add(job.tenant);
      }
    }
    served.forEach(tenant -> turns.put(tenant, ++turn));
    return claimed;
  }

  boolean complete(ModelJob job, long token) {
    if (job.isHeldUnder(token)) {
      boolean late = job.deadline <= now;
      job.errorCode = late ? JobError.DEADLINE_EXCEEDED : null;
      job.end(late ? JobStatus.EXPIRED : JobStatus.COMPLETED, now);
      return true;
    }
    return job.status == JobStatus.COMPLETED && job.token == token;
  }

  boolean fail(ModelJob job, long token, long retryIn, String errorCode) {
    if (!job.isHeldUnder(token)) {
      return false;
    }
    job.errorCode = errorCode;
    if (job.status == JobStatus.CANCELLING) {
      job.end(JobStatus.CANCELLED, now);
    } else if (job.deadline <= now) {
      job.errorCode = JobError.DEADLINE_EXCEEDED;
      job.end(JobStatus.EXPIRED, now);
    } else if (retryIn >= 0 && job.attempt < job.maxAttempts && job.deadline > now + retryIn) {
      job.queueAt(now + retryIn);
    } else {
      job.end(JobStatus.FAILED, now);
    }
    return true;
  }

  boolean release(ModelJob job, long token) {
    if (!job.isHeldUnder(token)) {
      return false;
    }
    job.attempt--;
    if (job.status == JobStatus.CANCELLING) {
      job.end(JobStatus.CANCELLED, now);
    } else {
      job.status = JobStatus.QUEUED;
    }
    return true;
  }

  boolean postpone(ModelJob job, long token, long retryIn, String errorCode) {
    if (!job.isHeldUnder(token)) {
      return false;
    }
    job.attempt--;
    job.errorCode = errorCode;
    if (job.status == JobStatus.CANCELLING) {
      job.end(JobStatus.CANCELLED, now);
    } else {
      job.queueAt(now + retryIn);
    }
    return true;
  }

  boolean cancelled(ModelJob job, long token) {
    if (!job.isHeldUnder(token) || job.status != JobStatus.CANCELLING) {
      return false;
    }
    job.end(JobStatus.CANCELLED, now);
    return true;
  }

  boolean expired(ModelJob job, long token) {
    if (!job.isHeldUnder(token) || job.deadline > now) {
      return false;
    }
    job.errorCode = JobError.DEADLINE_EXCEEDED;
    job.end(JobStatus.EXPIRED, now);
    return true;
  }

  void reclaim() {
    for (ModelJob job : jobs.values()) {
      if (job.isRunning() && job.leaseUntil < now) {
        if (job.status == JobStatus.CANCELLING) {
          job.errorCode = null;
          job.end(JobStatus.CANCELLED, now);
        } else if (job.deadline <= now) {
          job.errorCode = JobError.DEADLINE_EXCEEDED;
          job.end(JobStatus.EXPIRED, now);
        } else if (job.attempt >= job.maxAttempts) {
          job.errorCode = JobError.WORKER_LOST;
          job.end(JobStatus.FAILED, now);
        } else {
          job.errorCode = JobError.WORKER_LOST;
          job.status = JobStatus.QUEUED;
        }
      }
    }
  }

  void expireOverdue() {
    for (ModelJob job : jobs.values()) {
      if (job.status == JobStatus.QUEUED && job.deadline <= now) {
        job.errorCode = JobError.DEADLINE_EXCEEDED;
        job.end(JobStatus.EXPIRED, now);
      }
    }
  }

  /** What each job's row holds, by id, as QueueModelTest reads it from the table. */
  Map<String, String> rows() {
    Map<String, String> rows = new HashMap<>();
    for (ModelJob job : jobs.values()) {
      rows.put(
          job.id.toString(),
          String.join(
              " ",
              job.status.wireName(),
              String.valueOf(job.token),
              String.valueOf(job.attempt),
              String.valueOf(job.available),
              String.valueOf(job.rank),
              job.errorCode == null ? "-" : job.errorCode));
    }
    return rows;
  }

  /** How often each job has ended, by id. */
  Map<String, String> endings() {
    Map<String, String> endings = new HashMap<>();
    for (ModelJob job : jobs.values()) {
      if (job.endings > 0) {
        endings.put(job.id.toString(), String.valueOf(job.endings));
      }
    }
    return endings;
  }
}
