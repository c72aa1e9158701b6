package org.omnimamba.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.omnimamba.benchmarks.SoakRequests.Kind;
import org.omnimamba.benchmarks.figures.Rounding;
import org.omnimamba.inference.InferenceServiceApplication;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.json.JsonMapper;

/**
 * Sends a mixture of requests to an inference service in this process, over loopback, and follows
 * its resident memory. Ends with status 1 if an answer was not the intended one, if a slot is still
 * held at the end, or if memory grew by more than the allowance in the second half.
 *
 * <p>Arguments: the model directory, then optionally the number of requests (2,000) and how many at
 * once (16). Run it with a fixed heap that is touched at start ({@code -Xms384m -Xmx384m
 * -XX:+AlwaysPreTouch}), so that what grows is not the heap.
 */
public final class ServiceSoak {
  private static final String TOKEN = "soak-token-on-loopback";
  private static final int SAMPLES = 20;
  private static final long ALLOWED_GROWTH = 32L << 20;

  private final HttpClient client = HttpClient.newHttpClient();
  private final SoakRequests requests;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger wrong = new AtomicInteger();

  private ServiceSoak(URI server) {
    this.requests = new SoakRequests(server, TOKEN);
  }

  public static void main(String[] args) throws Exception {
    String model = args[0];
    int total = args.length > 1 ? Integer.parseInt(args[1]) : 2000;
    int concurrency = args.length > 2 ? Integer.parseInt(args[2]) : 16;
    try (ConfigurableApplicationContext service =
        InferenceServiceApplication.builder()
            .run(
                "--server.port=0",
                "--management.server.port=0",
                "--logging.level.root=warn",
                "--omnimamba.internal-token=" + TOKEN,
                "--omnimamba.inference.model=" + model)) {
      URI server =
          URI.create(
              "http://localhost:"
                  + service.getEnvironment().getRequiredProperty("local.server.port"));
      SoakReport report = new ServiceSoak(server).run(new EngineProbe(service), total, concurrency);
      System.out.println(JsonMapper.shared().writeValueAsString(report.json()));
      if (!report.passed(ALLOWED_GROWTH)) {
        System.exit(1);
      }
    }
  }

  private SoakReport run(EngineProbe engine, int total, int concurrency)
      throws IOException, InterruptedException, ExecutionException {
    engine.awaitReady();
    List<Long> resident = new ArrayList<>();
    long start = System.nanoTime();
    ExecutorService clients = Executors.newFixedThreadPool(concurrency);
    try {
      for (int sample = 1; sample <= SAMPLES; sample++) {
        int until = (int) ((long) total * sample / SAMPLES);
        List<Future<?>> workers = new ArrayList<>();
        for (int worker = 0; worker < concurrency; worker++) {
          workers.add(clients.submit(() -> sendUntil(until)));
        }
        for (Future<?> worker : workers) {
          worker.get();
        }
        next.set(until);
        engine.awaitIdle();
        resident.add(ProcessMemory.bytes(ProcessHandle.current().pid(), "VmRSS"));
        System.err.printf(
            "%d requests, %.1f MB resident%n", until, resident.get(sample - 1) / 1048576.0);
      }
    } finally {
      clients.shutdownNow();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    return new SoakReport(total, concurrency, seconds, wrong.get(), resident);
  }

  private void sendUntil(int until) {
    for (int number = next.getAndIncrement(); number < until; number = next.getAndIncrement()) {
      try {
        send(number);
      } catch (IOException e) {
        wrong(number, e.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private void send(int number) throws IOException, InterruptedException {
    Kind kind = SoakRequests.kind(number);
    HttpResponse<InputStream> response =
        client.send(requests.request(number), BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() != kind.status()) {
        wrong(number, kind + " " + response.statusCode() + " " + new String(body.readAllBytes()));
      } else if (kind == Kind.LEAVES) {
        body.read();
      } else {
        body.transferTo(java.io.OutputStream.nullOutputStream());
      }
    }
  }

  private void wrong(int number, String what) {
    wrong.incrementAndGet();
    System.err.printf("request %d: %s%n", number, what);
  }

  /** What a soak found. */
  record SoakReport(int requests, int concurrency, double seconds, int wrong, List<Long> resident) {

    boolean passed(long allowedGrowth) {
      return wrong == 0 && growth() <= allowedGrowth;
    }

    /** Growth over the second half; the first half fills caches, pools and code. */
    private long growth() {
      return resident.get(resident.size() - 1) - resident.get(resident.size() / 2 - 1);
    }

    Map<String, Object> json() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("requests", requests);
      json.put("concurrency", concurrency);
      json.put("seconds", Rounding.tenths(seconds));
      json.put("requests_per_second", Rounding.tenths(requests / seconds));
      json.put("wrong_answers", wrong);
      json.put("resident_mb", resident.stream().map(bytes -> bytes >> 20).toList());
      json.put("growth_second_half_mb", Rounding.tenths(growth() / 1048576.0));
      return json;
    }
  }
}
