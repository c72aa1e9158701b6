package org.omnimamba.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.queue.testing.TestDatabase;
import org.omnimamba.web.database.CutNetwork;
import org.omnimamba.web.database.EncryptedServer;
import org.springframework.context.ConfigurableApplicationContext;

/** The service starts without its database, says so, and takes it up when it comes. */
class DatabaseOutageTest {
  private final HttpClient client = HttpClient.newHttpClient();

  @Test
  void itIsAliveAndUnreadyUntilTheDatabaseComes() throws Exception {
    try (TestDatabase database = TestDatabase.empty();
        FakeInference inference = new FakeInference();
        CutNetwork network =
            new CutNetwork(URI.create(database.jdbcUrl().substring("jdbc:".length())).getPort())) {
      network.cut();
      String name = database.jdbcUrl().replaceFirst(".*/", "");
      try (ConfigurableApplicationContext service =
          start(
              inference,
              "omnimamba.database.url=postgresql://127.0.0.1:" + network.port() + "/" + name,
              "omnimamba.database.username=" + database.username(),
              "omnimamba.database.password=" + database.password())) {
        assertThat(management(service, "liveness").statusCode()).isEqualTo(200);
        assertThat(management(service, "readiness").statusCode()).isEqualTo(503);
        HttpResponse<String> refused = submit(service);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
        assertThat(refused.body()).contains("waits for its database");

        network.mend();
        await()
            .atMost(Jobs.PATIENCE)
            .until(() -> management(service, "readiness").statusCode() == 200);
        assertThat(submit(service).statusCode()).isEqualTo(202);
        awaitCompleted(database, 1);

        // a later cut, which the connections of before never recover from
        network.cut();
        assertThat(submit(service).statusCode()).isEqualTo(503);
        network.mend();
        await().atMost(Jobs.PATIENCE).until(() -> submit(service).statusCode() == 202);
        awaitCompleted(database, 2);
      }
    }
  }

  @Test
  void itWorksOnADatabaseThatDemandsEncryption() throws Exception {
    try (EncryptedServer server = new EncryptedServer();
        FakeInference inference = new FakeInference();
        ConfigurableApplicationContext service =
            start(
                inference,
                "omnimamba.database.host=localhost",
                "omnimamba.database.port=" + server.port(),
                "omnimamba.database.name=app",
                "omnimamba.database.username=app",
                "omnimamba.database.password=secret-of-app",
                "omnimamba.database.ssl-mode=verify-full",
                "omnimamba.database.ssl-root-cert=" + server.root())) {
      await()
          .atMost(Jobs.PATIENCE)
          .until(() -> management(service, "readiness").statusCode() == 200);
      assertThat(submit(service).statusCode()).isEqualTo(202);
    }
  }

  private static void awaitCompleted(TestDatabase database, int jobs) {
    await()
        .atMost(Jobs.PATIENCE)
        .until(
            () ->
                database.number("SELECT count(*) FROM queue_job WHERE status = 'completed'")
                    >= jobs);
  }

  private HttpResponse<String> submit(ConfigurableApplicationContext service) throws Exception {
    return client.send(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + TestService.portOf(service) + "/v1/jobs"))
            .header("X-OmniMamba-Internal-Token", TestService.TOKEN)
            .header("X-OmniMamba-Tenant", "ada")
            .header("Content-Type", "application/json")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"endpoint\":\"/v1/images/generations\",\"body\":{\"prompt\":\"an apple\"}}"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> management(ConfigurableApplicationContext service, String group)
      throws Exception {
    String port = service.getEnvironment().getRequiredProperty("local.management.port");
    return client.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/health/" + group))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static ConfigurableApplicationContext start(FakeInference inference, String... settings) {
    String[] all =
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of(
                    "server.port=0",
                    "management.server.port=0",
                    "omnimamba.internal-token=" + TestService.TOKEN,
                    "omnimamba.jobs.inference-url=" + inference.url(),
                    "omnimamba.jobs.webhooks.secret-key=" + TestService.SECRET_KEY),
                java.util.Arrays.stream(settings))
            .map(setting -> "--" + setting)
            .toArray(String[]::new);
    return JobServiceApplication.builder().run(all);
  }
}
