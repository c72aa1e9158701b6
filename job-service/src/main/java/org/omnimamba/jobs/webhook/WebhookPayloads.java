package org.omnimamba.jobs.webhook;

import java.net.URI;
import java.time.Instant;
import org.omnimamba.jobs.job.JobAttributes;
import org.omnimamba.jobs.job.JobJson;
import org.omnimamba.jobs.job.WebhookEvent;
import org.omnimamba.queue.job.Job;
import org.omnimamba.queue.job.JobStatus;
import tools.jackson.databind.node.ObjectNode;

/**
 * The body of a webhook: thin, as the standard advises. It says what happened to which job and
 * links to the rest, which the receiver fetches with its own key.
 */
final class WebhookPayloads {
  private final JobJson json;
  private final String publicUrl;

  WebhookPayloads(JobJson json, URI publicUrl) {
    this.json = json;
    String url = publicUrl.toString();
    this.publicUrl = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  String payload(WebhookEvent event, Job job, JobAttributes attributes) {
    Instant finished = job.times().finished();
    Instant at = finished == null ? job.times().updated() : finished;
    String link = publicUrl + "/v1/jobs/" + job.id();
    ObjectNode data = json.object();
    data.put("id", job.id().toString());
    data.put("status", job.status().wireName());
    data.put("endpoint", attributes.endpoint());
    data.put("url", link);
    if (job.status() == JobStatus.COMPLETED) {
      data.put("content_url", link + "/content");
    }
    ObjectNode metadata = data.putObject("metadata");
    attributes.metadata().forEach(metadata::put);
    ObjectNode body = json.object();
    // the same in each repetition of the message, another for each end of a job that was redriven
    body.put("id", "evt_" + job.id() + "_" + job.version());
    body.put("object", "event");
    body.put("type", event.wireName());
    body.put("created_at", at.getEpochSecond());
    body.put("timestamp", at.toString());
    body.set("data", data);
    return json.write(body);
  }
}
