package org.omnimamba.jobs.web.access;

import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.web.internal.Tenant;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.config.BlockingExecutionConfigurer;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;

/** Bounds what is read and teaches controllers the tenant. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebFluxConfigurer {
  private final int maxBody;
  private final AsyncTaskExecutor blockingCalls;

  WebConfiguration(
      JobsProperties properties,
      @Qualifier("applicationTaskExecutor") AsyncTaskExecutor blockingCalls) {
    this.blockingCalls = blockingCalls;
    this.maxBody = Math.toIntExact(properties.api().maxBody().toBytes());
    SpringDocUtils.getConfig().addRequestWrapperToIgnore(Tenant.class);
  }

  @Override
  public void configureHttpMessageCodecs(ServerCodecConfigurer configurer) {
    configurer.defaultCodecs().maxInMemorySize(maxBody);
  }

  /** springdoc searches the class path when it is asked; not on an event loop. */
  @Override
  public void configureBlockingExecution(BlockingExecutionConfigurer configurer) {
    configurer.setExecutor(blockingCalls);
    configurer.setControllerMethodPredicate(
        method -> method.getBeanType().getName().startsWith("org.springdoc."));
  }

  @Override
  public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
    configurer.addCustomResolver(new TenantArgumentResolver());
  }
}
