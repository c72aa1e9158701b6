package org.omnimamba.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;

/**
 * Many streaming clients at once, through a gateway and directly to its inference-service, by turns
 * in one run: every client asks once directly and once through the gateway, in alternating order,
 * so that both see the same machine under the same load.
 *
 * <p>Reported are errors, the time to the first byte and to the end on both ways, and the gateway's
 * overhead: first for a quiet client that asks one after the other (the difference of paired
 * requests), then under load. The gateway's overhead of one request is what it adds to a request
 * that answers at once ({@code /v1/models}).
 *
 * <p>Only loopback addresses are accepted, and the number of requests is fixed, so that a run
 * always ends. Arguments: gateway address, key, inference-service address, internal token, clients
 * (200), requests for each client (3).
 */
public final class GatewayLoad {
  private static final int MOST_CLIENTS = 1000;
  private static final int PAIRS = 400;
  private static final int STREAMS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final HttpClient http;
  private final Way gateway;
  private final Way direct;

  private GatewayLoad(HttpClient http, Way gateway, Way direct) {
    this.http = http;
    this.gateway = gateway;
    this.direct = direct;
  }

  /** One of the two ways to the same model. */
  private record Way(String name, URI address, String header, String secret) {}

  /** What one request took, in nanoseconds. */
  private record Sample(long firstByte, long end) {}

  /** All that was seen on one way. */
  private record Seen(ConcurrentLinkedQueue<Sample> samples, AtomicInteger errors) {
    Seen() {
      this(new ConcurrentLinkedQueue<>(), new AtomicInteger());
    }

    long[] sorted(ToLongFunction<Sample> part) {
      return samples.stream().mapToLong(part).sorted().toArray();
    }
  }

  public static void main(String[] arguments) throws Exception {
    if (arguments.length < 4) {
      System.err.println(
          "usage: GatewayLoad GATEWAY KEY INFERENCE INTERNAL_TOKEN [CLIENTS [REQUESTS]]");
      System.exit(2);
    }
    int clients = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 200;
    int requests = arguments.length > 5 ? Integer.parseInt(arguments[5]) : 3;
    if (clients < 1 || clients > MOST_CLIENTS || requests < 1 || requests > 100) {
      throw new IllegalArgumentException("1 to 1000 clients, 1 to 100 requests each");
    }
    Way gateway =
        new Way("gateway", loopback(arguments[0]), "Authorization", "Bearer " + arguments[1]);
    Way direct =
        new Way("direct", loopback(arguments[2]), "X-OmniMamba-Internal-Token", arguments[3]);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      HttpClient http =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .executor(threads)
              .connectTimeout(Duration.ofSeconds(5))
              .build();
      GatewayLoad load = new GatewayLoad(http, gateway, direct);
      boolean clean = load.quiet() & load.gaps() & load.loaded(clients, requests);
      if (!clean) {
        System.exit(1);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static URI loopback(String address) throws UnknownHostException {
    URI uri = URI.create(address);
    if (uri.getHost() == null || !InetAddress.getByName(uri.getHost()).isLoopbackAddress()) {
      throw new IllegalArgumentException(address + " is not a loopback address");
    }
    return uri;
  }

  /** Pairs of small requests, one after the other: the gateway's own time. */
  private boolean quiet() throws InterruptedException {
    Seen through = new Seen();
    Seen past = new Seen();
    long[] overhead = new long[PAIRS];
    for (int i = -PAIRS / 4; i < PAIRS; i++) {
      boolean gatewayFirst = i % 2 == 0;
      Sample one = models(gatewayFirst ? gateway : direct, gatewayFirst ? through : past);
      Sample two = models(gatewayFirst ? direct : gateway, gatewayFirst ? past : through);
      if (i >= 0) {
        overhead[i] = gatewayFirst ? one.end() - two.end() : two.end() - one.end();
      } else if (i == -1) {
        through.samples().clear();
        past.samples().clear();
      }
    }
    Arrays.sort(overhead);
    System.out.printf(
        Locale.ROOT,
        "quiet, %d pairs of GET /v1/models: direct p50 %.2f p99 %.2f ms, gateway p50 %.2f p99 %.2f"
            + " ms; overhead p50 %.2f p99 %.2f ms; difference of the p99s %.2f ms%n",
        PAIRS,
        millis(percentile(past.sorted(Sample::end), 50)),
        millis(percentile(past.sorted(Sample::end), 99)),
        millis(percentile(through.sorted(Sample::end), 50)),
        millis(percentile(through.sorted(Sample::end), 99)),
        millis(percentile(overhead, 50)),
        millis(percentile(overhead, 99)),
        millis(
            percentile(through.sorted(Sample::end), 99)
                - percentile(past.sorted(Sample::end), 99)));
    return report(through, past);
  }

  private Sample models(Way way, Seen seen) throws InterruptedException {
    return timed(
        HttpRequest.newBuilder(way.address().resolve("/v1/models"))
            .header(way.header(), way.secret())
            .timeout(PATIENCE)
            .build(),
        seen,
        new ArrayList<>());
  }

  /** One stream at a time, on both ways in turn: the time between two pieces of an answer. */
  private boolean gaps() throws InterruptedException {
    Seen through = new Seen();
    Seen past = new Seen();
    List<Long> throughGaps = new ArrayList<>();
    List<Long> pastGaps = new ArrayList<>();
    for (int i = 0; i < 2 * STREAMS; i++) {
      boolean first = i % 2 == 0;
      timed(
          chat(first ? gateway : direct, i / 2, 64),
          first ? through : past,
          first ? throughGaps : pastGaps);
    }
    System.out.printf(
        Locale.ROOT,
        "%d streams each way, one at a time: gap between pieces direct p50 %.2f p99 %.2f ms,"
            + " gateway p50 %.2f p99 %.2f ms%n",
        STREAMS,
        millis(percentile(sorted(pastGaps), 50)),
        millis(percentile(sorted(pastGaps), 99)),
        millis(percentile(sorted(throughGaps), 50)),
        millis(percentile(sorted(throughGaps), 99)));
    return report(through, past);
  }

  private static long[] sorted(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).sorted().toArray();
  }

  /** All clients at once, each streaming on both ways in turn. */
  private boolean loaded(int clients, int requests) throws InterruptedException {
    Seen through = new Seen();
    Seen past = new Seen();
    ExecutorService crowd = Executors.newFixedThreadPool(clients);
    CountDownLatch start = new CountDownLatch(1);
    long began = System.nanoTime();
    for (int client = 0; client < clients; client++) {
      int number = client;
      crowd.execute(
          () -> {
            try {
              start.await();
              for (int i = 0; i < 2 * requests; i++) {
                boolean first = (number + i) % 2 == 0;
                timed(
                    chat(first ? gateway : direct, number, 16),
                    first ? through : past,
                    new ArrayList<>());
              }
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
    }
    start.countDown();
    crowd.shutdown();
    if (!crowd.awaitTermination(20, TimeUnit.MINUTES)) {
      crowd.shutdownNow();
      System.out.println("gave up after 20 minutes");
      return false;
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%d clients, %d streams each way and client, in %.1f s%n",
        clients,
        requests,
        seconds);
    for (var way : List.of(new Named("direct", past), new Named("gateway", through))) {
      System.out.printf(
          Locale.ROOT,
          "  %-7s first byte p50 %.1f p99 %.1f ms, end p50 %.1f p99 %.1f ms%n",
          way.name(),
          millis(percentile(way.seen().sorted(Sample::firstByte), 50)),
          millis(percentile(way.seen().sorted(Sample::firstByte), 99)),
          millis(percentile(way.seen().sorted(Sample::end), 50)),
          millis(percentile(way.seen().sorted(Sample::end), 99)));
    }
    return report(through, past);
  }

  private record Named(String name, Seen seen) {}

  private static boolean report(Seen through, Seen past) {
    System.out.printf(
        "  errors: gateway %d of %d, direct %d of %d%n",
        through.errors().get(),
        through.samples().size() + through.errors().get(),
        past.errors().get(),
        past.samples().size() + past.errors().get());
    return through.errors().get() == 0 && past.errors().get() == 0;
  }

  private static HttpRequest chat(Way way, int client, int tokens) {
    String body =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"client "
            + client
            + "\"}],\"stream\":true,\"max_tokens\":"
            + tokens
            + ",\"temperature\":1,\"seed\":"
            + client
            + "}";
    return HttpRequest.newBuilder(way.address().resolve("/v1/chat/completions"))
        .header(way.header(), way.secret())
        .header("Content-Type", "application/json")
        .timeout(PATIENCE)
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  /**
   * Sends a request and reads its answer to the end; an error is counted and its time is not.
   *
   * @param gaps gets the time between each two pieces that could be read
   */
  private Sample timed(HttpRequest request, Seen seen, List<Long> gaps)
      throws InterruptedException {
    long start = System.nanoTime();
    try {
      HttpResponse<InputStream> answer =
          http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] piece = new byte[16 * 1024];
        long firstByte = 0;
        long last = 0;
        for (int size = body.read(piece); size >= 0; size = body.read(piece)) {
          long now = System.nanoTime();
          if (last == 0) {
            firstByte = now - start;
          } else {
            gaps.add(now - last);
          }
          last = now;
          all.write(piece, 0, size);
        }
        Sample sample = new Sample(firstByte, System.nanoTime() - start);
        if (answer.statusCode() == 200 && isWhole(request, all.toByteArray())) {
          seen.samples().add(sample);
        } else {
          seen.errors().incrementAndGet();
        }
        return sample;
      }
    } catch (IOException e) {
      seen.errors().incrementAndGet();
      return new Sample(System.nanoTime() - start, System.nanoTime() - start);
    }
  }

  private static boolean isWhole(HttpRequest request, byte[] answer) {
    return request.method().equals("GET")
        || new String(answer, StandardCharsets.UTF_8).contains("data: [DONE]");
  }

  private static long percentile(long[] sorted, int percent) {
    if (sorted.length == 0) {
      return 0;
    }
    return sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }

  private static double millis(long nanos) {
    return nanos / 1e6;
  }
}
