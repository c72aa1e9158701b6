package org.omnimamba.benchmarks.serving;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Clients that each send the next request when the answer to the last one is there.
 *
 * @param kind what they ask for
 * @param clients at once
 * @param tokens of an answer, at most
 * @param known photos that they ask about where these are known
 * @param warmSeconds before the time that counts, over the first half of which the clients begin
 * @param seconds that count
 */
record Load(LoadKind kind, int clients, int tokens, int known, int warmSeconds, int seconds) {
  /** Seeds and numbers of photos, so that no two loads of a run ask for the same. */
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  /**
   * What came of it.
   *
   * @param exchanges that succeeded
   * @param failures what the others said
   */
  record Result(List<Exchange> exchanges, List<String> failures, long from, long to) {
    LoadFigures figures() {
      return LoadFigures.of(exchanges, from, to);
    }

    /** Tokens of an answer, in the mean. */
    int meanTokens() {
      return (int) Math.round(exchanges.stream().mapToInt(Exchange::tokens).average().orElse(1));
    }
  }

  Result run(LoadClient client) throws InterruptedException {
    List<byte[]> photos =
        kind == LoadKind.KNOWN_PHOTOS
            ? IntStream.range(0, known).mapToObj(n -> photo()).toList()
            : List.of();
    List<Exchange> exchanges = Collections.synchronizedList(new ArrayList<>());
    List<String> failures = Collections.synchronizedList(new ArrayList<>());
    long begin = System.nanoTime();
    long from = begin + TimeUnit.SECONDS.toNanos(warmSeconds);
    long to = from + TimeUnit.SECONDS.toNanos(seconds);
    List<Thread> threads = new ArrayList<>();
    for (int number = 0; number < clients; number++) {
      long start = begin + (from - begin) * number / (2L * clients);
      Thread thread =
          new Thread(
              () -> {
                try {
                  waitUntil(start);
                  while (System.nanoTime() - to < 0) {
                    exchanges.add(ask(client, photos));
                  }
                } catch (IOException | RuntimeException e) {
                  failures.add(e.toString());
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              },
              "client-" + number);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return new Result(List.copyOf(exchanges), List.copyOf(failures), from, to);
  }

  /** One request of this kind. */
  Exchange ask(LoadClient client, List<byte[]> photos) throws IOException, InterruptedException {
    int number = NUMBERS.incrementAndGet();
    return switch (kind) {
      case PICTURES -> client.picture(number);
      case NEW_PHOTOS -> client.question(photo(), number, tokens);
      case KNOWN_PHOTOS -> client.question(photos.get(number % photos.size()), number, tokens);
    };
  }

  private static byte[] photo() {
    return SyntheticPhoto.jpeg(NUMBERS.incrementAndGet());
  }

  private static void waitUntil(long nanos) throws InterruptedException {
    long left = nanos - System.nanoTime();
    if (left > 0) {
      TimeUnit.NANOSECONDS.sleep(left);
    }
  }
}
