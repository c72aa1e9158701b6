package org.omnimamba.jobs.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.omnimamba.jobs.testing.Jobs;
import org.omnimamba.jobs.testing.TestService;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A client that hangs up is one line in the log, and no fault of the service. */
@ExtendWith(OutputCaptureExtension.class)
class HangUpTest {
  private final TestService service = TestService.apiOnly();

  @Test
  void writesOneLineEach(CapturedOutput output) throws Exception {
    String id = Jobs.submitForId(service.client("gone"), Jobs.image("watched"));
    try (Socket stream = send("GET /v1/jobs/" + id + "/events", "in-a-stream", "")) {
      assertThat(stream.getInputStream().readNBytes(12)).asString(UTF_8).isEqualTo("HTTP/1.1 200");
    }
    String headers =
        "Content-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n";
    try (Socket half = send("POST /v1/jobs", "in-a-body", headers)) {
      assertThat(half.getInputStream().readNBytes(12)).asString(UTF_8).isEqualTo("HTTP/1.1 100");
      half.getOutputStream().write("{\"endpoint\":".getBytes(UTF_8));
    }
    await()
        .atMost(Jobs.PATIENCE)
        .untilAsserted(
            () ->
                assertThat(output.getAll())
                    .containsPattern("-> 499 in \\d+ ms \\(gone, in-a-stream\\)")
                    .containsPattern("-> 499 in \\d+ ms \\(gone, in-a-body\\)"));
    assertThat(output.getAll()).doesNotContainPattern("(?m)^\\S+ +(WARN|ERROR) ");
  }

  private Socket send(String request, String id, String headers) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), service.port());
    socket.setSoTimeout((int) Jobs.PATIENCE.toMillis());
    socket
        .getOutputStream()
        .write(
            (request
                    + " HTTP/1.1\r\nHost: jobs\r\nX-Request-Id: "
                    + id
                    + "\r\nX-OmniMamba-Tenant: gone\r\nX-OmniMamba-Internal-Token: "
                    + TestService.TOKEN
                    + "\r\n"
                    + headers
                    + "\r\n")
                .getBytes(UTF_8));
    return socket;
  }
}
