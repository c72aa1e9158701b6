package org.omnimamba.hub.download;

import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** The missing pieces of a file, several at once. */
final class Pieces {
  private final Queue<Integer> missing = new ConcurrentLinkedQueue<>();
  private final PieceFetch fetch;

  /** Fetches what is missing of one piece. */
  interface PieceFetch {
    void piece(int index) throws IOException, InterruptedException;
  }

  Pieces(PartialFile file, PieceFetch fetch) {
    this.fetch = fetch;
    for (int piece = 0; piece < file.pieces(); piece++) {
      if (!file.isDone(piece)) {
        missing.add(piece);
      }
    }
  }

  /** Fetches all; the first failure ends the others. */
  void fetch(int connections) throws IOException, InterruptedException {
    int workers = Math.min(connections, missing.size());
    if (workers <= 1) {
      work();
      return;
    }
    ExecutorService threads =
        Executors.newFixedThreadPool(
            workers,
            task -> {
              Thread thread = new Thread(task, "fetch");
              thread.setDaemon(true);
              return thread;
            });
    try {
      CompletionService<@Nullable Void> running = new ExecutorCompletionService<>(threads);
      for (int i = 0; i < workers; i++) {
        running.submit(
            () -> {
              work();
              return null;
            });
      }
      for (int i = 0; i < workers; i++) {
        running.take().get();
      }
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException failure) {
        throw failure;
      }
      if (cause instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(cause);
    } finally {
      end(threads);
    }
  }

  /** Nobody may still write when the caller goes on. */
  private static void end(ExecutorService threads) {
    threads.shutdownNow();
    boolean interrupted = false;
    while (!threads.isTerminated()) {
      try {
        threads.awaitTermination(1, java.util.concurrent.TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() throws IOException, InterruptedException {
    for (Integer next = missing.poll(); next != null; next = missing.poll()) {
      fetch.piece(next);
    }
  }
}
