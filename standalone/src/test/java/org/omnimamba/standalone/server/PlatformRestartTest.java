package org.omnimamba.standalone.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.standalone.OmniMambaHome;

/** What clients were given by one run of the platform still works in the next one. */
class PlatformRestartTest {
  @TempDir Path folder;

  @Test
  void anAddressOfAPictureOutlivesARestart() throws Exception {
    OmniMambaHome home = OmniMambaHome.at(folder.resolve("home"));
    String address;
    byte[] drawn;
    try (Platform platform = start(home)) {
      Readiness.await(platform.inferenceReadinessUrl());
      GatewayClient client = new GatewayClient(platform.url(), platform.keys().apiKey());
      address =
          client
              .postJson(
                  "/v1/images/generations",
                  GatewayClient.image("a red apple").put("response_format", "url"),
                  200)
              .path("data")
              .get(0)
              .path("url")
              .asString();
      drawn = fetch(address).body();
    }
    assertThat(drawn).isNotEmpty();
    assertThat(Files.getPosixFilePermissions(home.resolve("internal-token")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));

    try (Platform platform = start(home)) {
      HttpResponse<byte[]> again = fetch(platform.url() + URI.create(address).getRawPath());
      assertThat(again.statusCode()).isEqualTo(200);
      assertThat(again.body()).isEqualTo(drawn);
    }
  }

  private static Platform start(OmniMambaHome home) throws IOException {
    return Platform.start(
        home, new StandaloneOptions(TinyModel.directory(), 0, "127.0.0.1", Map.of()));
  }

  private static HttpResponse<byte[]> fetch(String address) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(address)).build(),
            HttpResponse.BodyHandlers.ofByteArray());
  }
}
