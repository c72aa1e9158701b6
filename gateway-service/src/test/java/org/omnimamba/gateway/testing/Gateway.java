package org.omnimamba.gateway.testing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.omnimamba.gateway.GatewayServiceApplication;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** The real gateway on free ports. */
public final class Gateway implements AutoCloseable {
  public static final String KEY = "test-key-of-the-configuration";
  public static final String INTERNAL_TOKEN = "internal-token-for-tests";

  private final ConfigurableApplicationContext context;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Gateway(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /** Starts with upstreams and further settings, each {@code name, value}. */
  public static Gateway start(String inferenceUrls, String jobsUrl, String... settings) {
    return start(context -> {}, inferenceUrls, jobsUrl, settings);
  }

  /** The same, with beans of the test's own. */
  public static Gateway start(
      ApplicationContextInitializer<GenericApplicationContext> beans,
      String inferenceUrls,
      String jobsUrl,
      String... settings) {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put("omnimamba.internal-token", INTERNAL_TOKEN);
    properties.put("omnimamba.gateway.inference-urls", inferenceUrls);
    properties.put("omnimamba.gateway.jobs-url", jobsUrl);
    properties.put("omnimamba.gateway.api-key", KEY);
    properties.put("server.address", "127.0.0.1");
    properties.put("server.shutdown", "immediate");
    for (int i = 0; i < settings.length; i += 2) {
      properties.put(settings[i], settings[i + 1]);
    }
    String[] arguments =
        properties.entrySet().stream()
            .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
            .toArray(String[]::new);
    String[] all = new String[arguments.length + 2];
    all[0] = "--server.port=0";
    all[1] = "--management.server.port=0";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return new Gateway(GatewayServiceApplication.builder().initializers(beans).run(all));
  }

  public int port() {
    return ((ReactiveWebServerApplicationContext) context).getWebServer().getPort();
  }

  public int managementPort() {
    return context.getEnvironment().getRequiredProperty("local.management.port", Integer.class);
  }

  public String url() {
    return "http://127.0.0.1:" + port();
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  public <T> Collection<T> beans(Class<T> type) {
    return context.getBeansOfType(type).values();
  }

  /** A request with the configured key, not yet built. */
  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url() + path))
        .header("Authorization", "Bearer " + KEY);
  }

  public HttpResponse<String> get(String path) throws Exception {
    return send(request(path).GET());
  }

  public HttpResponse<String> post(String path, String json) throws Exception {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  public HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  public HttpClient client() {
    return client;
  }

  @Override
  public void close() {
    context.close();
  }
}
