package org.omnimamba.jobs.webhook;

import org.omnimamba.jobs.queue.RetentionRule;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What webhooks ask of the queue's retention, also while they are switched off. */
@Configuration(proxyBeanMethods = false)
class WebhookRetention {

  /** Deliveries are deleted with their job, so a job is kept until its deliveries have ended. */
  @Bean
  RetentionRule pendingDeliveries() {
    return new RetentionRule(
        "EXISTS (SELECT FROM webhook_delivery d WHERE d.job_id = j.id AND d.status = 'pending')");
  }
}
