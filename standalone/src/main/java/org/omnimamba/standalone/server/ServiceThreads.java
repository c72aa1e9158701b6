package org.omnimamba.standalone.server;

import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Knows which service of this process a thread belongs to: a thread is in the group of the thread
 * that made it, and each service is started in a group of its own.
 */
final class ServiceThreads {
  private ServiceThreads() {}

  /**
   * Calls in a new thread of the service's group, and waits for the end also when this thread is
   * interrupted.
   *
   * @throws RuntimeException as the call does
   */
  static <T> T call(String service, Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    new Thread(new Group(service), task, "start-" + service).start();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return task.get();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new CompletionException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The service that this thread works for alone; null for one that works for several. */
  static @Nullable String service() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    while (group != null && !(group instanceof Group)) {
      group = group.getParent();
    }
    return group == null || isShared(Thread.currentThread().getName()) ? null : group.getName();
  }

  /** Reactor's and the database driver's threads, which the first service that needs them makes. */
  private static boolean isShared(String thread) {
    String name = thread.toLowerCase(Locale.ROOT);
    return name.startsWith("parallel-")
        || name.startsWith("boundedelastic-")
        || name.startsWith("single-")
        || name.startsWith("reactor-tcp-");
  }

  private static final class Group extends ThreadGroup {
    Group(String service) {
      super(service);
    }
  }
}
