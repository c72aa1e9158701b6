package org.omnimamba.queue.job;

import java.time.Duration;

/**
 * The load on a kind.
 *
 * @param queued jobs waiting, ready or not
 * @param running jobs held by workers
 * @param oldest how long ago the longest-waiting ready job became ready; zero when none waits
 */
public record QueueDepth(long queued, long running, Duration oldest) {}
