package org.omnimamba.gateway.routing;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.List;
import org.omnimamba.gateway.GatewayProperties;
import org.omnimamba.web.internal.InternalTokenProperties;
import org.omnimamba.web.internal.PlatformHeaders;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.http.client.HttpClient;

/** The two places that requests go to. */
@Configuration(proxyBeanMethods = false)
class RouteConfiguration {
  static final String INFERENCE = "inference";
  static final String JOBS = "jobs";

  @Bean
  RouteLocator routes(RouteLocatorBuilder builder, GatewayProperties properties) {
    return builder
        .routes()
        .route(
            INFERENCE,
            route ->
                route
                    .path("/v1/chat/**", "/v1/images/**", "/v1/models/**")
                    .uri(properties.inferenceUrls().get(0)))
        .route(
            JOBS,
            route ->
                route.path("/v1/jobs/**", "/v1/webhook-endpoints/**").uri(properties.jobsUrl()))
        .build();
  }

  /**
   * Event loops of this context alone. The global ones end for the whole JVM when any context that
   * uses them closes.
   */
  @Bean
  ReactorResourceFactory reactorResourceFactory() {
    ReactorResourceFactory resources = new ReactorResourceFactory();
    resources.setUseGlobalResources(false);
    // The server has let its requests end by then; waiting for more only delays the stop.
    resources.setShutdownQuietPeriod(Duration.ZERO);
    return resources;
  }

  /**
   * The client runs on the server's loops, so that a request stays on one thread through both hops.
   * It repeats nothing on its own: whether a request may be sent twice is decided here.
   */
  @Bean
  HttpClientCustomizer upstreamClient(
      ReactorResourceFactory resources, RoutingProperties properties) {
    return client ->
        client
            .runOn(resources.getLoopResources())
            .disableRetry(true)
            .responseTimeout(properties.responseTimeout());
  }

  @Bean
  Replicas replicas(GatewayProperties gateway, RoutingProperties properties, MeterRegistry meters) {
    List<Replica> all = gateway.inferenceUrls().stream().distinct().map(Replica::new).toList();
    for (Replica replica : all) {
      Tags tags = Tags.of("replica", replica.toString());
      meters.gauge(
          "omnimamba.gateway.replica.load", tags, replica, one -> one.load(System.nanoTime()));
      meters.gauge(
          "omnimamba.gateway.replica.ready",
          tags,
          replica,
          one -> one.state() == Replica.State.READY ? 1 : 0);
    }
    return new Replicas(all, properties.affinitySlack(), System::nanoTime);
  }

  @Bean
  ReplicaProber replicaProber(
      Replicas replicas,
      RoutingProperties properties,
      ReactorResourceFactory resources,
      InternalTokenProperties token) {
    HttpClient client =
        HttpClient.newConnection()
            .runOn(resources.getLoopResources())
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) properties.probeTimeout().toMillis())
            .headers(headers -> headers.set(PlatformHeaders.INTERNAL_TOKEN, token.internalToken()));
    return new ReplicaProber(replicas, properties, client);
  }
}
