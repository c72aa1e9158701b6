package org.omnimamba.jobs.webhook;

import java.security.SecureRandom;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.config.WebhookProperties;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.queue.TerminalWriter;
import org.omnimamba.jobs.webhook.address.AddressPolicy;
import org.omnimamba.jobs.webhook.address.AllowedDestinations;
import org.omnimamba.jobs.webhook.signing.SecretCipher;
import org.omnimamba.queue.Submitter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.transaction.reactive.TransactionalOperator;

/** Everything about webhooks but the sending. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebhooks
class WebhookConfiguration {

  @Bean
  AddressPolicy addressPolicy(JobsProperties properties) {
    WebhookProperties webhooks = properties.webhooks();
    return new AddressPolicy(
        webhooks.allowedPorts(),
        new AllowedDestinations(webhooks.allowedNetworks()),
        webhooks.allowHttp(),
        webhooks.developmentHosts());
  }

  @Bean
  SigningSecrets signingSecrets(
      DatabaseClient database, TransactionalOperator transaction, JobsProperties properties) {
    SecureRandom random = new SecureRandom();
    return new SigningSecrets(
        database,
        transaction,
        new SecretCipher(properties.webhooks().keys(), random),
        random,
        properties.webhooks().rotationOverlap());
  }

  @Bean
  TenantSecrets tenantSecrets(
      DatabaseClient database, SigningSecrets secrets, TransactionalOperator transaction) {
    return new TenantSecrets(database, secrets, transaction);
  }

  @Bean
  WebhookEndpoints webhookEndpoints(
      DatabaseClient database,
      SigningSecrets secrets,
      TransactionalOperator transaction,
      JobsProperties properties) {
    return new WebhookEndpoints(
        database, secrets, transaction, properties.webhooks().maxEndpoints());
  }

  @Bean
  WebhookDeliveries webhookDeliveries(
      DatabaseClient database,
      Submitter submitter,
      DeliveryJobs jobs,
      TransactionalOperator transaction) {
    return new WebhookDeliveries(database, submitter, jobs, transaction);
  }

  @Bean
  DeliveryJobs deliveryJobs(JobJson json) {
    return new DeliveryJobs(json);
  }

  @Bean
  WebhookMessages webhookMessages(Submitter submitter, DeliveryJobs jobs) {
    return new WebhookMessages(submitter, jobs);
  }

  @Bean
  TerminalWriter webhookOutbox(WebhookMessages messages, JobJson json, JobsProperties properties) {
    return new WebhookOutbox(messages, json, new WebhookPayloads(json, properties.publicUrl()));
  }

  @Bean
  TerminalWriter deliveryEnd(DeliveryJobs jobs) {
    return new DeliveryEnd(jobs);
  }
}
