package org.omnimamba.jobs.web.responses;

import org.omnimamba.jobs.config.JobsProperties;
import org.omnimamba.jobs.web.jobs.TenantShares;
import org.springframework.stereotype.Component;

/** Responses that are waited for, each with a request to inference-service. */
@Component
class ResponseLimit extends TenantShares {
  ResponseLimit(JobsProperties properties) {
    super(properties.api().maxResponses(), "responses");
  }
}
