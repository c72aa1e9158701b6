package org.omnimamba.jobs.response;

import org.omnimamba.web.body.ByteBudget;
import org.springframework.stereotype.Component;

/**
 * The memory for the conversations that responses go on with: an eighth of the heap, for all of
 * them together.
 */
@Component
public class ConversationMemory {
  /** The text from the database, its tree, the request and the message that carries it. */
  private static final int COPIES = 4;

  private final ByteBudget budget = new ByteBudget(Runtime.getRuntime().maxMemory() / 8);

  /** Space for one conversation, which holds nothing yet. */
  public Space open() {
    return new Space(budget.open());
  }

  /** What one conversation takes. */
  public static final class Space implements AutoCloseable {
    private final ByteBudget.Lease lease;

    private Space(ByteBudget.Lease lease) {
      this.lease = lease;
    }

    /**
     * Takes what a conversation needs.
     *
     * @param bytes of its text
     * @throws org.omnimamba.web.body.BodyException if others have taken the memory
     */
    void take(long bytes) {
      lease.take(bytes * COPIES);
    }

    @Override
    public void close() {
      lease.close();
    }
  }
}
