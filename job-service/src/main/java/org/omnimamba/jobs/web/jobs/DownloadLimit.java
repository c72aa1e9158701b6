package org.omnimamba.jobs.web.jobs;

import org.omnimamba.jobs.config.JobsProperties;
import org.springframework.stereotype.Component;

/** Results on their way to clients, each of them whole in memory until its client has taken it. */
@Component
class DownloadLimit extends TenantShares {
  DownloadLimit(JobsProperties properties) {
    super(properties.api().maxDownloads(), "downloads of results");
  }
}
