package org.omnimamba.gateway.routing;

import org.omnimamba.gateway.GatewayProperties;
import org.springframework.cloud.gateway.config.HttpClientCustomizer;
import org.springframework.cloud.gateway.route.RouteLocator;
import org.springframework.cloud.gateway.route.builder.RouteLocatorBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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

  /** Retrying is this gateway's own decision: a client library must not send a job twice. */
  @Bean
  HttpClientCustomizer noHiddenRetries() {
    return client -> client.disableRetry(true);
  }
}
