package org.omnimamba.queue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;

/** The workers of this process, for submissions that may start at once what they submit. */
final class FreeSlots {
  private final List<Owner> owners = new CopyOnWriteArrayList<>();

  /** A worker that can be given a job without having asked for it. */
  interface Owner {
    String kind();

    String worker();

    /** Keeps a slot free until {@link #fill} or {@link #giveBack}; false when none is free. */
    boolean reserve();

    /**
     * Runs the claim in the slot that was reserved.
     *
     * @param sent a reading of this worker's clock, from before the claim was sent
     */
    void fill(ClaimedJob claim, long sent);

    /** Nothing came for the slot that was reserved. */
    void giveBack();

    /** A reading of this worker's clock. */
    long nanoTime();
  }

  /** Offers the worker's slots until it is disposed of. */
  Disposable offer(Owner owner) {
    owners.add(owner);
    return () -> owners.remove(owner);
  }

  /** A worker with a slot reserved, or null when none is free for that kind. */
  @Nullable Owner reserve(String kind) {
    for (Owner owner : owners) {
      if (owner.kind().equals(kind) && owner.reserve()) {
        return owner;
      }
    }
    return null;
  }
}
