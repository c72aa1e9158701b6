package org.omnimamba.web.replica;

/** A replica stopped answering while it worked on a request. */
public final class ReplicaLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ReplicaLostException(Replica replica) {
    super("replica " + replica + " stopped answering", null, false, false);
  }
}
