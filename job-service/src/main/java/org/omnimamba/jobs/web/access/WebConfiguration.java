package org.omnimamba.jobs.web.access;

import org.omnimamba.jobs.config.JobsProperties;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;

/** Bounds what is read and teaches controllers the tenant. */
@Configuration(proxyBeanMethods = false)
class WebConfiguration implements WebFluxConfigurer {
  private final int maxBody;

  WebConfiguration(JobsProperties properties) {
    this.maxBody = Math.toIntExact(properties.api().maxBody().toBytes());
    SpringDocUtils.getConfig().addRequestWrapperToIgnore(Tenant.class);
  }

  @Override
  public void configureHttpMessageCodecs(ServerCodecConfigurer configurer) {
    configurer.defaultCodecs().maxInMemorySize(maxBody);
  }

  @Override
  public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
    configurer.addCustomResolver(new TenantArgumentResolver());
  }
}
