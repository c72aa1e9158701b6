package org.omnimamba.jobs.webhook;

import java.time.Clock;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.config.WebhookProperties;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.queue.WorkerLifecycle;
import org.omnimamba.jobs.queue.Workers;
import org.omnimamba.jobs.webhook.address.AddressPolicy;
import org.omnimamba.jobs.webhook.address.GuardedResolverGroup;
import org.omnimamba.jobs.webhook.address.HostLookup;
import org.omnimamba.jobs.webhook.delivery.EgressProxy;
import org.omnimamba.jobs.webhook.delivery.RetrySchedule;
import org.omnimamba.jobs.webhook.delivery.WebhookClient;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/** Sends webhooks, on replicas that work. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebhooks
@ConditionalOnProperty(name = "omnimamba.jobs.worker.enabled", matchIfMissing = true)
class WebhookWorkerConfiguration {

  @Bean(destroyMethod = "close")
  GuardedResolverGroup webhookResolver(AddressPolicy policy) {
    return new GuardedResolverGroup(policy, HostLookup.system());
  }

  @Bean
  WebhookClient webhookClient(
      GuardedResolverGroup resolver,
      JobsProperties properties,
      Clock clock,
      ReactorResourceFactory resources) {
    return new WebhookClient(
        resolver,
        properties.webhooks().timeout(),
        clock,
        resources.getLoopResources(),
        proxy(properties.webhooks().proxy()));
  }

  private static @Nullable EgressProxy proxy(WebhookProperties.@Nullable Proxy proxy) {
    return proxy == null
        ? null
        : new EgressProxy(
            proxy.url().getHost(), proxy.url().getPort(), proxy.username(), proxy.password());
  }

  @Bean
  WorkerLifecycle webhookWorker(
      Workers workers,
      DeliveryJobs deliveryJobs,
      WebhookDeliveries deliveries,
      WebhookEndpoints endpoints,
      SigningSecrets secrets,
      TenantSecrets tenantSecrets,
      AddressPolicy policy,
      WebhookClient client,
      JobsProperties properties) {
    WebhookDeliveryHandler handler =
        new WebhookDeliveryHandler(
            deliveryJobs,
            deliveries,
            endpoints,
            secrets,
            tenantSecrets,
            policy,
            client,
            new RetrySchedule(new Random()));
    return workers.of(JobKinds.WEBHOOK, handler, properties.webhooks().concurrency());
  }
}
