package org.omnimamba.jobs.web.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryMetadata;
import io.r2dbc.spi.R2dbcNonTransientResourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.queue.JobQueue;
import org.omnimamba.queue.JobWatcher;
import org.omnimamba.queue.QueueListener;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.SubmitOutcome;
import org.omnimamba.web.internal.Tenant;
import org.omnimamba.web.shutdown.ServiceStop;
import org.reactivestreams.Publisher;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.test.web.reactive.server.WebTestClient;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Clients who wish to wait for a job that is queued already, on a replica that cannot let them. */
class WaitingClientsTest {
  private final TestService service = TestService.apiOnly();

  @Test
  void whereNobodyElseMayWaitTheAcceptedJobIsAnsweredAtOnce() {
    StreamLimit streams = service.bean(StreamLimit.class);
    int most = service.bean(JobsProperties.class).api().maxStreams();
    WebTestClient client = service.client("crowd");
    Disposable.Composite others = Disposables.composite();
    try {
      for (int i = 0; i < most; i++) {
        String other = i < most / 2 ? "crowd-a" : "crowd-" + i;
        others.add(streams.limit(other, Flux.never()).subscribe());
      }
      client
          .post()
          .uri("/v1/jobs")
          .header("Prefer", "wait=1")
          .bodyValue(Jobs.image("no room to wait"))
          .exchange()
          .expectStatus()
          .isAccepted()
          .expectHeader()
          .valueMatches("Location", "/v1/jobs/[0-9a-f-]{36}")
          .expectHeader()
          .doesNotExist("Preference-Applied")
          .expectBody()
          .jsonPath("$.status")
          .isEqualTo("queued");
    } finally {
      others.dispose();
    }
  }

  @Test
  void aTenantThatHoldsAllTheStreamsItMayLeavesRoomForOthers() {
    StreamLimit streams = service.bean(StreamLimit.class);
    int most = service.bean(JobsProperties.class).api().maxStreams();
    Disposable.Composite held = Disposables.composite();
    try {
      for (int i = 0; i < most / 2; i++) {
        held.add(streams.limit("greedy", Flux.never()).subscribe());
      }
      WebTestClient greedy = service.client("greedy");
      String more = Jobs.submitForId(greedy, Jobs.image("one more"));
      greedy
          .get()
          .uri("/v1/jobs/{id}/events", more)
          .exchange()
          .expectStatus()
          .isEqualTo(HttpStatus.TOO_MANY_REQUESTS)
          .expectHeader()
          .valueEquals("Retry-After", "5")
          .expectBody()
          .jsonPath("$.type")
          .isEqualTo("urn:omnimamba:problem:too-many-open");
      WebTestClient modest = service.client("modest");
      String id = Jobs.submitForId(modest, Jobs.image("finds room"));
      modest.post().uri("/v1/jobs/{id}/cancel", id).exchange().expectStatus().isOk();
      modest.get().uri("/v1/jobs/{id}/events", id).exchange().expectStatus().isOk();
    } finally {
      held.dispose();
    }
  }

  @Test
  void downloadsAreSharedAmongTenantsAndEachGivesItsPlaceBack() {
    TestService whole = TestService.shared();
    whole.inference().reset();
    WebTestClient client = whole.client("downloader");
    String id = Jobs.submitForId(client, Jobs.image("downloaded"));
    Jobs.awaitStatus(client, id, "completed");
    DownloadLimit downloads = whole.bean(DownloadLimit.class);
    int most = whole.bean(JobsProperties.class).api().maxDownloads();
    List<Runnable> places = new ArrayList<>();
    for (int i = 0; i < most / 2 - 1; i++) {
      places.add(downloads.acquire("downloader"));
    }
    try {
      // one place is left: each of these gives it back
      for (HttpMethod method : List.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.GET)) {
        client
            .method(method)
            .uri("/v1/jobs/{id}/content", id)
            .exchange()
            .expectStatus()
            .isOk()
            .expectBody()
            .returnResult();
        await().atMost(Jobs.PATIENCE).untilAsserted(() -> downloads.acquire("downloader").run());
      }
      places.add(downloads.acquire("downloader"));
      client
          .get()
          .uri("/v1/jobs/{id}/content", id)
          .exchange()
          .expectStatus()
          .isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
    } finally {
      places.forEach(Runnable::run);
    }
  }

  @Test
  void aDatabaseThatFailsDuringTheWaitDoesNotHideTheJob() {
    String id = Jobs.submitForId(service.client("blip"), Jobs.image("blip"));
    Job job = service.bean(JobQueue.class).get("blip", UUID.fromString(id)).block(Jobs.PATIENCE);
    JobWatcher broken =
        new JobWatcher(
            JobQueue.builder(new Unreachable()).build(),
            service.bean(QueueListener.class),
            Duration.ofSeconds(1));
    ResponseEntity<JobView> answer =
        new JobAnswers(
                service.bean(JobViews.class),
                broken,
                service.bean(StreamLimit.class),
                service.bean(ServiceStop.class))
            .submitted(
                new Tenant("blip"),
                new SubmitOutcome.Accepted(job),
                Optional.of(Duration.ofSeconds(5)))
            .block(Jobs.PATIENCE);
    assertThat(answer.getStatusCode()).isEqualTo(HttpStatus.ACCEPTED);
    assertThat(answer.getHeaders().getLocation()).hasToString("/v1/jobs/" + id);
  }

  private static final class Unreachable implements ConnectionFactory {
    @Override
    public Publisher<? extends Connection> create() {
      return Mono.error(new R2dbcNonTransientResourceException("no database"));
    }

    @Override
    public ConnectionFactoryMetadata getMetadata() {
      return () -> "none";
    }
  }
}
