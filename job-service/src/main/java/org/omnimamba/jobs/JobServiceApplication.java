package org.omnimamba.jobs;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the service on its own. */
@SpringBootApplication
public class JobServiceApplication {
  public static void main(String[] args) {
    SpringApplication.run(JobServiceApplication.class, args);
  }
}
