package org.omnimamba.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import reactor.core.publisher.Mono;

/**
 * Gathers what comes up while statements are under way, so that the next statement does all of it
 * with one round trip and one commit. Nothing waits when nothing is under way.
 *
 * @param <E> one piece of work
 */
final class Gathering<E> {
  private final int most;
  private final int statements;
  private final Function<List<E>, Mono<Void>> write;
  private final List<E> waiting = new ArrayList<>();
  private int writing;

  /**
   * Nothing gathered yet.
   *
   * @param most pieces in one statement
   * @param statements statements at a time
   * @param write does the pieces; whatever it ends with, the next ones get their turn then
   */
  Gathering(int most, int statements, Function<List<E>, Mono<Void>> write) {
    this.most = most;
    this.statements = statements;
    this.write = write;
  }

  void add(E piece) {
    synchronized (waiting) {
      waiting.add(piece);
      if (writing == statements) {
        return;
      }
      writing++;
    }
    writeNext();
  }

  private void writeNext() {
    List<E> next;
    synchronized (waiting) {
      if (waiting.isEmpty()) {
        writing--;
        return;
      }
      List<E> head = waiting.subList(0, Math.min(most, waiting.size()));
      next = new ArrayList<>(head);
      head.clear();
    }
    write.apply(next).onErrorComplete().subscribe(null, null, this::writeNext);
  }
}
