package org.omnimamba.jobs.web.access;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import org.omnimamba.jobs.config.ApiProperties;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.web.body.BodyReader;
import org.omnimamba.web.body.BudgetSize;
import org.omnimamba.web.body.BudgetedBodyFilter;
import org.omnimamba.web.body.ByteBudget;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.ServerHttpRequest;

/** Bounds the memory of request bodies. */
@Configuration(proxyBeanMethods = false)
class BodyConfiguration {
  /** The bytes, their JSON tree, the text for the database and the message that carries it. */
  private static final int COPIES = 4;

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @Bean
  BudgetedBodyFilter budgetedBodies(
      JobsProperties properties, MeterRegistry meters, ApplicationContext context) {
    ApiProperties api = properties.api();
    long maxBody = api.maxBody().toBytes();
    ByteBudget budget =
        BudgetSize.ofThisProcess()
            .budget(
                "omnimamba.jobs.api.body-memory",
                api.bodyMemory(),
                "omnimamba.jobs.api.max-body",
                maxBody,
                COPIES);
    meters.gauge("omnimamba.jobs.bodies.bytes", budget, ByteBudget::used);
    return new BudgetedBodyFilter(
        new BodyReader(maxBody, TIMEOUT, COPIES), budget, context, BodyConfiguration::isUpload);
  }

  /** A file is stored as it arrives, whatever its length. */
  private static boolean isUpload(ServerHttpRequest request) {
    return request.getMethod() == HttpMethod.POST && request.getPath().value().equals("/v1/files");
  }
}
