package org.omnimamba.jobs.worker;

import io.micrometer.observation.ObservationRegistry;
import java.time.Clock;
import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.web.internal.InternalTokenProperties;
import org.omnimamba.web.replica.ReplicaPool;
import org.springframework.http.client.ReactorResourceFactory;
import org.springframework.stereotype.Component;

/** Makes clients of inference-service. */
@Component
public final class InferenceClients {
  private final ReplicaPool replicas;
  private final JobMemory memory;
  private final JobsProperties properties;
  private final InternalTokenProperties platform;
  private final JobJson json;
  private final Clock clock;
  private final ReactorResourceFactory resources;
  private final ObservationRegistry observations;

  InferenceClients(
      ReplicaPool replicas,
      JobMemory memory,
      JobsProperties properties,
      InternalTokenProperties platform,
      JobJson json,
      Clock clock,
      ReactorResourceFactory resources,
      ObservationRegistry observations) {
    this.replicas = replicas;
    this.memory = memory;
    this.properties = properties;
    this.platform = platform;
    this.json = json;
    this.clock = clock;
    this.resources = resources;
    this.observations = observations;
  }

  /**
   * A client with connections of its own, which the caller closes.
   *
   * @param most how many requests it has open at once; others wait
   */
  public InferenceClient open(int most) {
    return new InferenceClient(
        replicas.replicas(),
        properties,
        memory.largest(),
        most,
        platform,
        json,
        clock,
        resources.getLoopResources(),
        observations);
  }
}
