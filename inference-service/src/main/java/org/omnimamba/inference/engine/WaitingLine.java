package org.omnimamba.inference.engine;

import org.jspecify.annotations.Nullable;

/**
 * Requests that wait for slots, and whose turn it is.
 *
 * <p>While both classes wait, jobs get their share of the slots that are handed out and interactive
 * requests the rest; while only one waits, it gets all. Within a class tenants take turns. So each
 * request's turn comes after a bounded number of others: neither a tenant nor a class can starve
 * another one.
 *
 * <p>The turn, once given, stays: the head remains the head until it has all its slots or is
 * removed. Engine thread only.
 */
final class WaitingLine {
  private final double jobShare;
  private final TenantTurns interactive = new TenantTurns();
  private final TenantTurns jobs = new TenantTurns();
  private @Nullable ActiveRequest head;

  /** Slots that jobs are owed, since both classes wait. */
  private double owedToJobs;

  /**
   * @param jobShare the part of the slots that jobs get while interactive requests wait too
   */
  WaitingLine(double jobShare) {
    this.jobShare = jobShare;
  }

  void add(ActiveRequest request) {
    of(request).add(request);
  }

  /** The request that gets the next slot, or null if none waits; for when a slot is free. */
  @Nullable ActiveRequest head() {
    if (head == null) {
      head = next();
    }
    return head;
  }

  private @Nullable ActiveRequest next() {
    if (interactive.isEmpty() || jobs.isEmpty()) {
      owedToJobs = 0;
      TenantTurns all = jobs.isEmpty() ? interactive : jobs;
      return all.isEmpty() ? null : all.take();
    }
    boolean job = owedToJobs >= 1 - jobShare;
    ActiveRequest request = job ? jobs.take() : interactive.take();
    owedToJobs += jobShare * request.sequences();
    if (job) {
      owedToJobs -= request.sequences();
    }
    return request;
  }

  /** Takes a request out, because it has all its slots or has ended. */
  void remove(ActiveRequest request) {
    if (request == head) {
      head = null;
    } else {
      of(request).remove(request);
    }
  }

  /** Sequences that wait for a slot. */
  int sequences() {
    int ofHead = head == null ? 0 : head.sequencesWithoutSlot();
    return ofHead + interactive.sequences() + jobs.sequences();
  }

  private TenantTurns of(ActiveRequest request) {
    return request.request.requester().traffic() == TrafficClass.JOB ? jobs : interactive;
  }
}
