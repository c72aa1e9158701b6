package org.omnimamba.queue;

import java.util.UUID;

/**
 * A hint that arrived over LISTEN. Hints may be lost, repeated or late; a receiver that acts on one
 * reads the table, and polls as well.
 */
public sealed interface QueueSignal {

  /** Jobs of that kind may be ready to be claimed. */
  record Ready(String kind) implements QueueSignal {}

  /** That job's row changed. */
  record Changed(UUID id) implements QueueSignal {}

  /** That job's holder should stop. */
  record CancelRequested(UUID id) implements QueueSignal {}

  /** The listener has just connected; hints sent before that were missed. */
  record Connected() implements QueueSignal {}
}
