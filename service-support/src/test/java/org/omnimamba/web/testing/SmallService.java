package org.omnimamba.web.testing;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.omnimamba.web.internal.InternalTokenRefusal;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A service with one address, on free ports, both open. */
public final class SmallService implements AutoCloseable {
  public static final String TOKEN = "token-of-the-small-service";
  public static final String OLD_TOKEN = "token-that-was-in-use-before";

  private final ConfigurableApplicationContext context;
  private final HttpClient client = HttpClient.newHttpClient();

  public SmallService(String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--management.endpoint.health.probes.add-additional-paths=true",
                "--management.endpoints.web.exposure.include=health,prometheus",
                "--omnimamba.internal-token=" + TOKEN,
                "--omnimamba.previous-internal-tokens=" + OLD_TOKEN));
    for (String setting : settings) {
      all.add("--" + setting);
    }
    this.context =
        new SpringApplicationBuilder(Application.class)
            .web(WebApplicationType.REACTIVE)
            .run(all.toArray(String[]::new));
  }

  /** Sends a request to the service's own port, with headers as name and value in turn. */
  public HttpResponse<String> get(String path, String... headers) throws Exception {
    return send("local.server.port", path, headers);
  }

  /** Sends a request to the management port. */
  public HttpResponse<String> management(String path) throws Exception {
    return send("local.management.port", path);
  }

  private HttpResponse<String> send(String port, String path, String... headers)
      throws IOException, InterruptedException {
    String address =
        "http://127.0.0.1:" + context.getEnvironment().getRequiredProperty(port) + path;
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Override
  public void close() {
    context.close();
  }

  @RestController
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {
    @GetMapping("/hello")
    String hello() {
      return "hello";
    }

    @Bean
    InternalTokenRefusal refusal() {
      return exchange -> {
        exchange.getResponse().setStatusCode(HttpStatus.UNAUTHORIZED);
        return exchange.getResponse().setComplete();
      };
    }
  }
}
