package org.omnimamba.web.testing;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.omnimamba.web.internal.InternalTokenRefusal;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

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

  /** Addresses of the requests that were observed, by which traces and metrics are made. */
  public List<String> observed() {
    return context.getBean(Observed.class).paths;
  }

  /** The service's own port. */
  public int port() {
    return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }

  @Override
  public void close() {
    context.close();
  }

  private static final class Observed
      implements ObservationHandler<ServerRequestObservationContext> {
    private final List<String> paths = new CopyOnWriteArrayList<>();

    @Override
    public void onStart(ServerRequestObservationContext context) {
      paths.add(context.getCarrier().getURI().getPath());
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
      return context instanceof ServerRequestObservationContext;
    }
  }

  @RestController
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {
    @GetMapping("/hello")
    String hello() {
      return "hello";
    }

    @GetMapping("/slow")
    Mono<String> slow() {
      return Mono.never();
    }

    @PostMapping("/echo")
    Mono<String> echo(@RequestBody Mono<String> body) {
      return body;
    }

    @GetMapping("/large")
    Flux<DataBuffer> large() {
      return Flux.range(0, 1024)
          .map(piece -> DefaultDataBufferFactory.sharedInstance.wrap(new byte[64 * 1024]));
    }

    @Bean
    ObservationHandler<ServerRequestObservationContext> observed() {
      return new Observed();
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
