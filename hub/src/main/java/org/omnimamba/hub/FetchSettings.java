package org.omnimamba.hub;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.omnimamba.hub.download.TransferSettings;
import org.omnimamba.hub.http.Credentials;
import org.omnimamba.hub.http.EnvironmentProxies;
import org.omnimamba.hub.http.Origin;
import org.omnimamba.hub.http.Pause;
import org.omnimamba.hub.http.RetryPolicy;
import org.omnimamba.hub.http.Web;

/**
 * Where files come from and go to.
 *
 * @param endpoint the hub's address, without a slash at the end
 * @param credentials the token for the hub
 * @param proxies between here and elsewhere
 * @param cache folder of everything that was fetched
 * @param transfer how files are cut
 * @param retries how often something is tried
 * @param pause waits between tries
 * @param idle silence after which a connection counts as cut
 * @param offline whether nothing is asked for over the network
 */
public record FetchSettings(
    URI endpoint,
    Credentials credentials,
    EnvironmentProxies proxies,
    Path cache,
    TransferSettings transfer,
    RetryPolicy retries,
    Pause pause,
    Duration idle,
    boolean offline) {
  private static final String HUB = "https://huggingface.co";
  private static final Duration IDLE = Duration.ofSeconds(30);

  /**
   * What {@code HF_ENDPOINT}, {@code HF_TOKEN}, {@code HF_HUB_OFFLINE}, {@code HTTPS_PROXY}, {@code
   * HTTP_PROXY} and {@code NO_PROXY} say.
   *
   * @throws FetchException if a variable is not usable
   */
  public static FetchSettings of(Map<String, String> environment, Path cache) {
    URI endpoint = endpoint(environment.getOrDefault("HF_ENDPOINT", ""));
    String token = environment.getOrDefault("HF_TOKEN", "").strip();
    if (!token.matches("[\\x21-\\x7e]*")) {
      throw new FetchException("HF_TOKEN holds a character that no token has; set it again");
    }
    Origin hub = Origin.of(endpoint);
    if (!token.isEmpty() && !hub.isPrivate()) {
      throw new FetchException(
          "HF_TOKEN would be sent to %s without TLS; use its https address, or unset HF_TOKEN"
              .formatted(hub.host()));
    }
    return new FetchSettings(
        endpoint,
        new Credentials(hub, token.isEmpty() ? null : token),
        EnvironmentProxies.of(environment),
        cache,
        TransferSettings.DEFAULT,
        RetryPolicy.DEFAULT,
        Pause.SLEEP,
        IDLE,
        environment.getOrDefault("HF_HUB_OFFLINE", "").matches("(?i)1|true|yes|on"));
  }

  private static URI endpoint(String given) {
    String text = given.isBlank() ? HUB : given.strip().replaceFirst("/+$", "");
    try {
      URI uri = URI.create(text);
      Origin.of(uri);
      if (uri.getRawQuery() == null && uri.getRawFragment() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new FetchException(
        "HF_ENDPOINT is no address of a hub: %s; it should look like %s".formatted(text, HUB));
  }

  /** A client with these settings. */
  public Web web() {
    return new Web(proxies, credentials, retries, pause, idle);
  }

  public FetchSettings withTransfer(TransferSettings value) {
    return new FetchSettings(
        endpoint, credentials, proxies, cache, value, retries, pause, idle, offline);
  }

  public FetchSettings withRetries(RetryPolicy value, Pause waits, Duration silence) {
    return new FetchSettings(
        endpoint, credentials, proxies, cache, transfer, value, waits, silence, offline);
  }

  public FetchSettings withOffline(boolean value) {
    return new FetchSettings(
        endpoint, credentials, proxies, cache, transfer, retries, pause, idle, value);
  }
}
