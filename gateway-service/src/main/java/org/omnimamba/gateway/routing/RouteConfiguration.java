package org.omnimamba.gateway.routing;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelOption;
import org.omnimamba.gateway.GatewayProperties;
import org.omnimamba.web.http.InformationalResponses;
import org.omnimamba.web.internal.InternalTokenProperties;
import org.omnimamba.web.internal.PlatformHeaders;
import org.omnimamba.web.network.WatchfulLoops;
import org.omnimamba.web.replica.AddressLookup;
import org.omnimamba.web.replica.DnsLookup;
import org.omnimamba.web.replica.ReplicaPool;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
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

  /** Routes must have an address; {@link ReplicaFilter} puts that of a replica in its place. */
  private static final String CHOSEN_LATER = "http://replica.invalid";

  @Bean
  RouteLocator routes(RouteLocatorBuilder builder) {
    return builder
        .routes()
        .route(
            INFERENCE,
            route -> route.path("/v1/chat/**", "/v1/images/**", "/v1/models/**").uri(CHOSEN_LATER))
        .route(
            JOBS,
            route ->
                route
                    .path(
                        "/v1/jobs/**",
                        "/v1/webhook-endpoints/**",
                        "/v1/responses/**",
                        "/v1/files/**",
                        "/v1/batches/**")
                    .uri(CHOSEN_LATER))
        .build();
  }

  /**
   * The client runs on the server's loops, so that a request stays on one thread through both hops.
   * It repeats nothing on its own: whether a request may be sent twice is decided here.
   */
  @Bean
  HttpClientCustomizer upstreamClient(
      ReactorResourceFactory resources, RoutingProperties properties) {
    return client ->
        InformationalResponses.skippedBy(client)
            .runOn(new WatchfulLoops(resources.getLoopResources()))
            .disableRetry(true)
            .responseTimeout(properties.responseTimeout());
  }

  @Bean
  @ConditionalOnMissingBean
  AddressLookup addressLookup(ReactorResourceFactory resources) {
    return new DnsLookup(resources.getLoopResources());
  }

  @Bean
  ReplicaPool inferenceReplicas(
      GatewayProperties gateway,
      RoutingProperties properties,
      AddressLookup lookup,
      ReactorResourceFactory resources,
      InternalTokenProperties token,
      MeterRegistry meters) {
    return new ReplicaPool(
        gateway.inferenceUrls(),
        properties.replicas(),
        lookup,
        probes(properties, resources, token),
        meters,
        "omnimamba.gateway.replica");
  }

  @Bean
  ReplicaPool jobReplicas(
      GatewayProperties gateway,
      RoutingProperties properties,
      AddressLookup lookup,
      ReactorResourceFactory resources,
      InternalTokenProperties token,
      MeterRegistry meters) {
    return new ReplicaPool(
        gateway.jobsUrl(),
        properties.replicas(),
        lookup,
        probes(properties, resources, token),
        meters,
        "omnimamba.gateway.jobs.replica");
  }

  private static HttpClient probes(
      RoutingProperties properties,
      ReactorResourceFactory resources,
      InternalTokenProperties token) {
    return HttpClient.newConnection()
        .runOn(resources.getLoopResources())
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) properties.probeTimeout().toMillis())
        .headers(headers -> headers.set(PlatformHeaders.INTERNAL_TOKEN, token.internalToken()));
  }
}
