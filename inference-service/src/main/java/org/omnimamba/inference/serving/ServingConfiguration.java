package org.omnimamba.inference.serving;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import org.omnimamba.inference.InferenceProperties;
import org.omnimamba.inference.InferenceProperties.EngineProperties;
import org.omnimamba.inference.engine.Engine;
import org.omnimamba.inference.engine.EngineMeters;
import org.omnimamba.inference.engine.EngineSettings;
import org.omnimamba.inference.engine.ModelBackend;
import org.omnimamba.inference.engine.Shares;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The model, and the engine over it. */
@Configuration(proxyBeanMethods = false)
class ServingConfiguration {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  /** A damaged model directory stops the start here, with its reason. */
  @Bean
  ServedModel servedModel(InferenceProperties properties) {
    return ServedModel.open(properties.model(), properties.limits());
  }

  @Bean
  ModelBackend.Factory modelBackendFactory(InferenceProperties properties, MeterRegistry registry) {
    StartMeters meters = new StartMeters(registry);
    return () -> OmniMambaBackend.open(properties, meters);
  }

  @Bean
  Engine engine(
      ModelBackend.Factory factory,
      InferenceProperties properties,
      MeterRegistry registry,
      ApplicationContext context) {
    EngineProperties engine = properties.engine();
    EngineSettings settings =
        new EngineSettings(
            engine.prefillChunk(),
            engine.maxWaiting(),
            engine.maxTokens(),
            engine.failuresUntilUnready(),
            engine.probeInterval(),
            engine.stallLimit(),
            properties.pictures().hostMemory().toBytes(),
            new Shares(engine.tenantShare(), engine.jobShare()));
    return new Engine(
        factory,
        settings,
        new EngineMeters(registry),
        System::nanoTime,
        // Restarting is the only cure, and the orchestrator that watches liveness decides it.
        failure -> AvailabilityChangeEvent.publish(context, LivenessState.BROKEN));
  }
}
