package org.omnimamba.jobs.worker;

import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.ChannelOption;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.web.internal.InternalTokenProperties;
import org.omnimamba.web.internal.PlatformHeaders;
import org.omnimamba.web.replica.AddressLookup;
import org.omnimamba.web.replica.DnsLookup;
import org.omnimamba.web.replica.ReplicaPool;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.http.client.HttpClient;

/**
 * The replicas of inference-service, and the memory of jobs: for workers, and for responses that
 * are waited for.
 */
@Configuration(proxyBeanMethods = false)
class ReplicaConfiguration {

  @Bean
  @ConditionalOnMissingBean
  AddressLookup addressLookup(ReactorResourceFactory resources) {
    return new DnsLookup(resources.getLoopResources());
  }

  @Bean
  ReplicaPool inferenceReplicas(
      JobsProperties properties,
      InternalTokenProperties platform,
      AddressLookup lookup,
      ReactorResourceFactory resources,
      MeterRegistry meters) {
    HttpClient probes =
        HttpClient.newConnection()
            .runOn(resources.getLoopResources())
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                (int) properties.routing().probeTimeout().toMillis())
            .headers(
                headers -> headers.set(PlatformHeaders.INTERNAL_TOKEN, platform.internalToken()));
    return new ReplicaPool(
        properties.inference(),
        properties.routing(),
        lookup,
        probes,
        meters,
        "omnimamba.jobs.replica");
  }

  @Bean
  JobMemory jobMemory(JobsProperties properties, MeterRegistry meters) {
    JobMemory memory =
        JobMemory.of(
            Runtime.getRuntime().maxMemory(),
            properties.api().maxBody().toBytes(),
            properties.worker().maxResult());
    meters.gauge("omnimamba.jobs.running.bytes", memory, JobMemory::used);
    return memory;
  }
}
