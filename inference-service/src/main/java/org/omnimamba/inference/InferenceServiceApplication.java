package org.omnimamba.inference;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The inference service: on its own through {@link #main}, or in one JVM with the others. */
@SpringBootApplication
@ConfigurationPropertiesScan
// without it springdoc looks for it in all classes, on the event loop of the first request for its
// document
@OpenAPIDefinition
public class InferenceServiceApplication {
  public static void main(String[] args) {
    builder().run(args);
  }

  /** An application that reads {@code inference-service.yml} and scans only its own packages. */
  public static SpringApplicationBuilder builder() {
    return new SpringApplicationBuilder(InferenceServiceApplication.class)
        .web(WebApplicationType.REACTIVE)
        .properties("spring.config.name=inference-service");
  }
}
