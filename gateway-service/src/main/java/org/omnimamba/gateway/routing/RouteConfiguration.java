package org.omnimamba.gateway.routing;

import org.omnimamba.gateway.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

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
    return resources;
  }

  /**
   * The client runs on the server's loops, so that a request stays on one thread through both hops.
   * It repeats nothing on its own: whether a request may be sent twice is decided here.
   */
  @Bean
  HttpClientCustomizer upstreamClient(ReactorResourceFactory resources) {
    return client -> client.runOn(resources.getLoopResources()).disableRetry(true);
  }
}
