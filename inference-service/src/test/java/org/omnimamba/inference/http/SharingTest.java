package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.omnimamba.inference.engine.FakeBackend;
import org.omnimamba.web.internal.PlatformHeaders;

/** What a tenant sees while another one, or a crowd of jobs, sends all it can. */
class SharingTest {
  private static final FakeBackend BACKEND = new FakeBackend(2, 208, 128);
  private static final TestServer SERVER =
      TestServer.startWith(BACKEND, "omnimamba.inference.engine.max-waiting=14").awaitReady();
  private static final String CHAT = "/v1/chat/completions";

  @AfterAll
  static void stop() {
    BACKEND.steps.release(1_000_000);
    SERVER.close();
  }

  @AfterEach
  void idle() {
    BACKEND.steps.release(10_000);
    await().until(() -> SERVER.engine().status().sequences() == 0);
  }

  private static CompletableFuture<HttpResponse<String>> ask(
      String tenant, boolean job, String question) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(SERVER.post(CHAT, chat(question)), (name, value) -> true)
            .header(PlatformHeaders.TENANT, tenant);
    if (job) {
      request.header(PlatformHeaders.TRAFFIC, PlatformHeaders.JOB);
    }
    return SERVER.sendAsync(request.build());
  }

  private static String chat(String question) {
    return "{\"messages\":[{\"role\":\"user\",\"content\":\"%s\"}],\"max_tokens\":2}"
        .formatted(question);
  }

  /** Two sequences, which take both slots. */
  private static String both() {
    return chat("Hi").replace("\"max_tokens\"", "\"n\":2,\"max_tokens\"");
  }

  @Test
  void aFullShareIsA429AndAnotherTenantIsServed() {
    BACKEND.steps.drainPermits();
    List<CompletableFuture<HttpResponse<String>>> crowd = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      crowd.add(ask("ann", false, "Hi"));
    }
    await().until(() -> crowd.stream().filter(CompletableFuture::isDone).count() == 4);
    crowd.stream()
        .filter(CompletableFuture::isDone)
        .map(CompletableFuture::join)
        .forEach(
            refused -> {
              assertThat(refused.statusCode()).isEqualTo(429);
              assertThat(refused.body()).contains("queue_full", "tenant's share");
              assertThat(refused.headers().firstValueAsLong("Retry-After")).isPresent();
            });
    CompletableFuture<HttpResponse<String>> other = ask("bob", false, "Hi");
    CompletableFuture<HttpResponse<String>> job = ask("ann", true, "Hi");
    await().until(() -> SERVER.engine().status().sequences() == 14);
    BACKEND.steps.release(10_000);
    assertThat(other.join().statusCode()).isEqualTo(200);
    assertThat(job.join().statusCode()).isEqualTo(200);
    assertThat(crowd.stream().filter(it -> it.join().statusCode() == 200)).hasSize(12);
  }

  @Test
  void peopleGoBeforeJobs() {
    BACKEND.steps.drainPermits();
    int earlier = BACKEND.calls("prefill 0..").size();
    CompletableFuture<HttpResponse<String>> first = SERVER.sendAsync(SERVER.post(CHAT, both()));
    int before = earlier + 1;
    await().until(() -> BACKEND.calls("prefill 0..").size() == before);
    String longer = "a question of a job";
    List<CompletableFuture<HttpResponse<String>>> jobs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      jobs.add(ask("bob", true, longer));
    }
    await().until(() -> SERVER.engine().status().sequences() == 5);
    CompletableFuture<HttpResponse<String>> person = ask("bob", false, "Hi");
    await().until(() -> SERVER.engine().status().sequences() == 6);
    BACKEND.steps.release(10_000);
    for (CompletableFuture<HttpResponse<String>> job : jobs) {
      assertThat(job.join().statusCode()).isEqualTo(200);
    }
    assertThat(first.join().statusCode()).isEqualTo(200);
    assertThat(person.join().statusCode()).isEqualTo(200);
    List<String> prompts = BACKEND.calls("prefill 0..");
    assertThat(lengthOf(prompts.get(before))).isLessThan(lengthOf(prompts.get(before + 1)));
    assertThat(
            prompts.subList(before + 1, prompts.size()).stream()
                .map(SharingTest::lengthOf)
                .distinct())
        .hasSize(1);
  }

  private static int lengthOf(String prefill) {
    return Integer.parseInt(prefill.substring("prefill 0..".length(), prefill.indexOf(" slot")));
  }
}
