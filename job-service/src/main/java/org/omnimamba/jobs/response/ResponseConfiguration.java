package org.omnimamba.jobs.response;

import java.time.Clock;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.job.JobKinds;
import org.omnimamba.jobs.queue.TerminalWriter;
import org.omnimamba.jobs.queue.Upkeep;
import org.omnimamba.jobs.queue.WorkerLifecycle;
import org.omnimamba.jobs.queue.Workers;
import org.omnimamba.jobs.result.ResultStores;
import org.omnimamba.jobs.result.UpstreamErrors;
import org.omnimamba.jobs.usage.JobUsage;
import org.omnimamba.jobs.webhook.ConditionalOnWebhooks;
import org.omnimamba.jobs.webhook.WebhookMessages;
import org.omnimamba.jobs.worker.InferenceAttempts;
import org.omnimamba.jobs.worker.InferenceClients;
import org.omnimamba.web.database.DatabaseGate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Responses: the way to inference-service, the worker for background ones, their webhooks. */
@Configuration(proxyBeanMethods = false)
class ResponseConfiguration {

  @Bean(destroyMethod = "close")
  ResponseEngine responseEngine(InferenceClients clients, JobsProperties properties) {
    return new ResponseEngine(
        clients.open(
            properties.worker().concurrency()
                + properties.batches().concurrency()
                + properties.api().maxResponses()));
  }

  @Bean
  @ConditionalOnProperty(name = "omnimamba.jobs.worker.enabled", matchIfMissing = true)
  WorkerLifecycle responseWorker(
      Workers workers,
      InferenceAttempts attempts,
      ResponseEngine engine,
      ResponseStore store,
      JobUsage usage,
      JobJson json,
      Clock clock,
      JobsProperties properties) {
    return workers.of(
        JobKinds.RESPONSE,
        new ResponseJobHandler(attempts, engine, store, usage, json, clock),
        properties.worker().concurrency());
  }

  @Bean
  ResponseLineHandler responseLineHandler(
      InferenceAttempts attempts,
      ResponseEngine engine,
      ResponseStore store,
      ConversationMemory conversations,
      ResultStores results,
      UpstreamErrors errors,
      JobUsage usage,
      JobJson json,
      Clock clock) {
    return new ResponseLineHandler(
        attempts, engine, store, conversations, results, errors, usage, json, clock);
  }

  @Bean
  @ConditionalOnWebhooks
  TerminalWriter responseWebhooks(WebhookMessages messages, JobJson json) {
    return new ResponseWebhooks(messages, json);
  }

  /** Removes responses that are kept no longer; each replica helps. */
  @Bean
  Upkeep responseCleaning(ResponseStore store, DatabaseGate gate) {
    return new Upkeep("the removal of old responses", store::clean, gate);
  }
}
