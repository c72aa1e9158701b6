package org.omnimamba.jobs;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The job service: on its own through {@link #main}, or in one JVM with the others. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class JobServiceApplication {
  public static void main(String[] args) {
    builder().run(args);
  }

  /** An application that reads {@code job-service.yml} and scans only its own packages. */
  public static SpringApplicationBuilder builder() {
    return new SpringApplicationBuilder(JobServiceApplication.class)
        .web(WebApplicationType.REACTIVE)
        .properties("spring.config.name=job-service");
  }
}
