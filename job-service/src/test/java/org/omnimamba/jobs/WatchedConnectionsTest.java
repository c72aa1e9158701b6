package org.omnimamba.jobs;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.omnimamba.jobs.testing.FakeInference;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.omnimamba.web.testing.KeepAliveTimers;

/** The service's connections end when the other side is cut off. */
class WatchedConnectionsTest {
  @Test
  void toInferenceAndToTheDatabase() {
    try (TestService service = new TestService()) {
      service.inference().answering(FakeInference.hanging());
      Jobs.submitForId(service.client("cut"), Jobs.image("never ends"));
      await().atMost(Jobs.PATIENCE).until(() -> service.inference().running() == 1);
      KeepAliveTimers.awaitOneTo(URI.create(service.inference().url()).getPort());
      KeepAliveTimers.awaitOneTo(
          URI.create(service.database().jdbcUrl().substring("jdbc:".length())).getPort());
    }
  }
}
