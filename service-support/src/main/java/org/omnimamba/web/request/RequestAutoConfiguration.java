package org.omnimamba.web.request;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationPredicate;
import org.omnimamba.web.http.Probes;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationPackages;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;

/** What each service does with each request. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
class RequestAutoConfiguration {
  private static final RequestDetails USUAL = new RequestDetails() {};

  @Bean
  RequestIdFilter requestIdFilter() {
    return new RequestIdFilter();
  }

  @Bean
  RequestLog requestLog(BeanFactory beans, ObjectProvider<RequestDetails> details) {
    String service = AutoConfigurationPackages.get(beans).get(0);
    return new RequestLog(
        LoggerFactory.getLogger(service + ".RequestLog"), details.getIfAvailable(() -> USUAL));
  }

  /** Probes and requests for metrics make no spans. */
  @Bean
  ObservationPredicate noMonitoringIsObserved() {
    return (name, context) -> !isMonitoring(context);
  }

  private static boolean isMonitoring(Observation.Context context) {
    ServerHttpRequest request =
        context instanceof ServerRequestObservationContext server ? server.getCarrier() : null;
    return request != null && Probes.isMonitoring(request);
  }
}
