package org.omnimamba.rehearsal;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * A small steady load: chats, streamed chats and jobs with webhooks, each by one client that waits
 * for its answer. A client repeats a request twice as the official SDKs do: after a broken
 * connection, 408, 409, 429 and 5xx.
 */
final class Load implements AutoCloseable {
  private static final int REPEATS = 2;

  private final Api api;
  private final String hook;
  private final ExecutorService clients = Executors.newCachedThreadPool();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger firstFailures = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicLong slowest = new AtomicLong();
  private final AtomicInteger submissions = new AtomicInteger();
  private final Set<String> jobs = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> reasons = new ConcurrentHashMap<>();
  private volatile boolean stopped;

  /**
   * Counts of the load since the last {@link #takeCounts}.
   *
   * @param requests all that were made
   * @param firstFailures whose first attempt failed
   * @param failures that failed after the client's repetitions too
   * @param slowestMillis of those that succeeded
   * @param reasons how often each kind of failure was seen, also of attempts that were repeated
   */
  record Counts(
      int requests,
      int firstFailures,
      int failures,
      long slowestMillis,
      Map<String, Integer> reasons) {
    @Override
    public String toString() {
      return requests
          + " requests, "
          + firstFailures
          + " first attempts failed, "
          + failures
          + " failed after repetition, slowest "
          + slowestMillis
          + " ms"
          + (reasons.isEmpty() ? "" : " " + reasons);
    }
  }

  /**
   * Begins.
   *
   * @param hook where jobs tell of their end
   */
  Load(Api api, String hook) {
    this.api = api;
    this.hook = hook;
    client(Duration.ofMillis(300), this::chat);
    client(Duration.ofMillis(700), this::stream);
    client(Duration.ofMillis(900), this::job);
    client(Duration.ofMillis(400), this::models);
  }

  /** Ids of all jobs that were accepted. */
  Set<String> jobs() {
    return jobs;
  }

  /** How many jobs were submitted, each repetition of one counted as the same. */
  int submissions() {
    return submissions.get();
  }

  /** The counts since the last call. */
  Counts takeCounts() {
    Map<String, Integer> seen = new TreeMap<>(reasons);
    reasons.clear();
    return new Counts(
        requests.getAndSet(0),
        firstFailures.getAndSet(0),
        failures.getAndSet(0),
        slowest.getAndSet(0),
        seen);
  }

  private void client(Duration pause, Supplier<HttpRequest.Builder> next) {
    clients.submit(
        () -> {
          while (!stopped) {
            one(next.get());
            Thread.sleep(pause.toMillis());
          }
          return null;
        });
  }

  private HttpRequest.Builder models() {
    return api.request("/v1/models").GET();
  }

  private HttpRequest.Builder chat() {
    return api.post(
        "/v1/chat/completions",
        "{\"messages\": [{\"role\": \"user\", \"content\": \"what is this?\"}], \"max_tokens\": 4}");
  }

  private HttpRequest.Builder stream() {
    return api.post(
        "/v1/chat/completions",
        "{\"messages\": [{\"role\": \"user\", \"content\": \"what is this?\"}], \"max_tokens\": 16,"
            + " \"stream\": true}");
  }

  private HttpRequest.Builder job() {
    submissions.incrementAndGet();
    return api.post(
            "/v1/jobs",
            "{\"endpoint\": \"/v1/images/generations\", \"body\": {\"prompt\": \"a red apple\"},"
                + " \"webhook\": {\"url\": \""
                + hook
                + "\"}}")
        .header("Idempotency-Key", UUID.randomUUID().toString());
  }

  private void one(HttpRequest.Builder request) throws InterruptedException {
    requests.incrementAndGet();
    long begin = System.nanoTime();
    for (int attempt = 0; attempt <= REPEATS; attempt++) {
      String failure = attempt(request);
      if (failure.isEmpty()) {
        long millis = (System.nanoTime() - begin) / 1_000_000;
        slowest.accumulateAndGet(millis, Math::max);
        return;
      }
      reasons.merge(failure, 1, Integer::sum);
      if (attempt == 0) {
        firstFailures.incrementAndGet();
      }
      if (attempt < REPEATS) {
        Thread.sleep(500L << attempt);
      }
    }
    failures.incrementAndGet();
  }

  /** What went wrong; empty for nothing. */
  private String attempt(HttpRequest.Builder request) throws InterruptedException {
    try {
      HttpResponse<String> response = api.send(request);
      HttpRequest sent = response.request();
      String what = sent.method() + " " + sent.uri().getPath();
      if (what.equals("POST /v1/jobs")) {
        return jobAccepted(response) ? "" : what + " " + response.statusCode();
      }
      if (response.statusCode() != 200) {
        return what + " " + response.statusCode();
      }
      boolean streamed =
          response.headers().firstValue("content-type").orElse("").contains("event-stream");
      return streamed && !response.body().contains("[DONE]") ? what + " stream cut" : "";
    } catch (IOException e) {
      return e.getClass().getSimpleName() + " " + request.copy().build().uri().getPath();
    }
  }

  /** 202 for a new job; 200 and 409 name the job that an earlier attempt has made. */
  private boolean jobAccepted(HttpResponse<String> response) {
    int status = response.statusCode();
    if (status == 202 || status == 200) {
      jobs.add(Api.json(response.body()).path("id").asText());
      return true;
    }
    if (status == 409 && response.headers().firstValue("Location").isPresent()) {
      String location = response.headers().firstValue("Location").orElseThrow();
      jobs.add(location.substring(location.lastIndexOf('/') + 1));
      return true;
    }
    return false;
  }

  /** Stops sending and waits for what is on its way. */
  void stop() throws InterruptedException {
    stopped = true;
    clients.shutdown();
    clients.awaitTermination(150, TimeUnit.SECONDS);
  }

  /**
   * Waits until every accepted job has ended, and says which did not end well.
   *
   * @return id and status of each job that is not completed
   */
  List<String> unfinished(Duration limit) throws InterruptedException {
    List<String> open = new ArrayList<>(jobs);
    List<String> bad = new ArrayList<>();
    try {
      Wait.until(
          "all jobs have ended",
          limit,
          () -> {
            for (String id : List.copyOf(open)) {
              HttpResponse<String> job = api.send(api.request("/v1/jobs/" + id).GET());
              if (job.statusCode() == 429) {
                // there may be more jobs than requests a minute
                Thread.sleep(2000);
                return false;
              }
              String status = Api.json(job.body()).path("status").asText();
              if (status.equals("completed")) {
                open.remove(id);
              } else if (List.of("failed", "cancelled", "expired").contains(status)) {
                open.remove(id);
                bad.add(id + " " + status);
              } else {
                return false;
              }
            }
            return true;
          });
    } catch (IllegalStateException e) {
      open.forEach(id -> bad.add(id + " has not ended"));
    }
    return bad;
  }

  @Override
  public void close() throws InterruptedException {
    stopped = true;
    clients.shutdownNow();
  }
}
