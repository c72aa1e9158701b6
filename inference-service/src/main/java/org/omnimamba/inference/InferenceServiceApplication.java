package org.omnimamba.inference;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The inference service: on its own through {@link #main}, or in one JVM with the others. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class InferenceServiceApplication {
  public static void main(String[] args) {
    builder().run(args);
  }

  /** An application that reads {@code inference-service.yml} and scans only its own packages. */
  public static SpringApplicationBuilder builder() {
    return new SpringApplicationBuilder(InferenceServiceApplication.class)
        // by which its start is logged, also where another program starts it
        .main(InferenceServiceApplication.class)
        .web(WebApplicationType.REACTIVE)
        .properties("spring.config.name=inference-service");
  }
}
