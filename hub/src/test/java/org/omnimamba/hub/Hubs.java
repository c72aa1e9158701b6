package org.omnimamba.hub;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.omnimamba.hub.download.TransferSettings;
import org.omnimamba.hub.http.RetryPolicy;
import org.omnimamba.hub.models.ModelFetcher;
import org.omnimamba.hub.testing.LoopbackHub;

/** What tests of fetching share: a fetcher that waits for nobody, and what it said. */
public final class Hubs {
  private final LoopbackHub hub;
  private final Path cache;
  private final Map<String, String> environment = new HashMap<>();
  private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
  private final List<String> notices = Collections.synchronizedList(new ArrayList<>());
  private TransferSettings transfer = new TransferSettings(4, 64 << 10, 8 << 10);
  private Duration idle = Duration.ofSeconds(30);
  private boolean offline;

  public Hubs(LoopbackHub hub, Path cache) {
    this.hub = hub;
    this.cache = cache;
    environment.put("HF_ENDPOINT", hub.endpoint());
  }

  public Hubs with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  public Hubs connections(int value) {
    transfer = transfer.withConnections(value);
    return this;
  }

  public Hubs silentAfter(Duration value) {
    idle = value;
    return this;
  }

  public Hubs offline() {
    offline = true;
    return this;
  }

  public ModelFetcher fetcher() {
    FetchSettings settings =
        FetchSettings.of(environment, cache)
            .withTransfer(transfer)
            .withRetries(RetryPolicy.DEFAULT, pauses::add, idle);
    return new ModelFetcher(
        offline ? settings.withOffline(true) : settings,
        new FetchListener() {
          @Override
          public void doing(String what) {}

          @Override
          public void transferred(String file, long bytes, long total) {}

          @Override
          public void notice(String text) {
            notices.add(text);
          }
        });
  }

  public List<Duration> pauses() {
    return List.copyOf(pauses);
  }

  public List<String> notices() {
    return List.copyOf(notices);
  }

  public LoopbackHub hub() {
    return hub;
  }

  /** Bytes that no other seed gives. */
  public static byte[] bytes(int count, long seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
