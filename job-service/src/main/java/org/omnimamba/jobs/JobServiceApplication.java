package org.omnimamba.jobs;

import java.util.OptionalInt;
import org.omnimamba.jobs.database.SchemaConfiguration;
import org.omnimamba.web.database.MigrationStep;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The job service: on its own through {@link #main}, or in one JVM with the others. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class JobServiceApplication {
  private static final String NAME = "job-service";

  public static void main(String[] args) {
    OptionalInt migrated = MigrationStep.run(NAME, SchemaConfiguration.class, args);
    if (migrated.isPresent()) {
      System.exit(migrated.getAsInt());
    }
    builder().run(args);
  }

  /** An application that reads {@code job-service.yml} and scans only its own packages. */
  public static SpringApplicationBuilder builder() {
    return new SpringApplicationBuilder(JobServiceApplication.class)
        // by which its start is logged, also where another program starts it
        .main(JobServiceApplication.class)
        .web(WebApplicationType.REACTIVE)
        .properties("spring.config.name=" + NAME);
  }
}
