package org.omnimamba.jobs.web.jobs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.job.Endpoint;
import org.omnimamba.jobs.job.InferenceJob;
import org.omnimamba.jobs.job.JobAttributes;
import org.omnimamba.jobs.job.WebhookEvent;
import org.omnimamba.jobs.job.WebhookSpec;
import org.omnimamba.jobs.web.problem.Problem;
import org.omnimamba.jobs.web.problem.Problem.MemberError;
import org.omnimamba.web.json.UnicodeText;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Checks the body of {@code POST /v1/jobs} and collects everything that is wrong with it. What is
 * inside {@code body} is left to inference-service, except {@code stream}: a job's caller gets no
 * stream of the answer, so asking for one is refused rather than ignored.
 */
final class JobRequestReader {
  private static final int MAX_PAIRS = 16;
  private static final int MAX_KEY = 64;
  private static final int MAX_VALUE = 512;

  private final List<MemberError> errors = new ArrayList<>();

  private JobRequestReader() {}

  /**
   * The job that is asked for.
   *
   * @throws Problem that lists what is not acceptable
   */
  static InferenceJob read(CreateJobRequest request) {
    return new JobRequestReader().job(request);
  }

  private InferenceJob job(CreateJobRequest request) {
    String endpoint = endpoint(request.endpoint());
    JsonNode body = request.body();
    if (body == null || !body.isObject()) {
      errors.add(new MemberError("/body", "must be an object"));
    } else {
      checkBody((ObjectNode) body);
    }
    int priority = request.priority() == null ? 0 : request.priority();
    if (priority < 0 || priority > 9) {
      errors.add(new MemberError("/priority", "must be 0 to 9"));
    }
    Map<String, String> metadata = metadata(request.metadata());
    WebhookSpec webhook = webhook(request.webhook());
    if (!errors.isEmpty() || !(body instanceof ObjectNode object)) {
      throw Problem.validation(errors);
    }
    ObjectNode kept = object.deepCopy();
    kept.remove("stream");
    return new InferenceJob(
        new JobAttributes(endpoint, metadata, webhook), kept, priority, request.deadline());
  }

  private String endpoint(@Nullable String path) {
    if (path == null || Endpoint.ofPath(path).isEmpty()) {
      errors.add(
          new MemberError("/endpoint", "must be /v1/chat/completions or /v1/images/generations"));
      return "";
    }
    return path;
  }

  private void checkBody(ObjectNode body) {
    JsonNode stream = body.get("stream");
    if (stream != null && !stream.isNull() && !(stream.isBoolean() && !stream.booleanValue())) {
      errors.add(
          new MemberError("/body/stream", "must be false or absent: watch the job's events"));
    }
    if (body.has("stream_options")) {
      errors.add(new MemberError("/body/stream_options", "must be absent"));
    }
    UnicodeText.malformed(body, "/body")
        .ifPresent(
            pointer ->
                errors.add(new MemberError(pointer, "has half of a Unicode surrogate pair")));
  }

  private Map<String, String> metadata(@Nullable Map<String, @Nullable String> given) {
    Map<String, String> metadata = new LinkedHashMap<>();
    if (given == null) {
      return metadata;
    }
    if (given.size() > MAX_PAIRS) {
      errors.add(new MemberError("/metadata", "must have at most " + MAX_PAIRS + " pairs"));
    }
    given.forEach(
        (key, value) -> {
          if (key.isEmpty() || key.length() > MAX_KEY || key.indexOf('\0') >= 0) {
            errors.add(
                new MemberError("/metadata", "keys must have 1 to " + MAX_KEY + " characters"));
          } else if (value == null || value.length() > MAX_VALUE || value.indexOf('\0') >= 0) {
            errors.add(
                new MemberError(
                    "/metadata/" + UnicodeText.escape(key),
                    "must be a text of at most " + MAX_VALUE + " characters"));
          } else {
            metadata.put(key, value);
          }
        });
    return metadata;
  }

  private @Nullable WebhookSpec webhook(CreateJobRequest.@Nullable Webhook given) {
    if (given == null) {
      return null;
    }
    if (given.url() == null || given.url().isEmpty()) {
      errors.add(new MemberError("/webhook/url", "is required"));
      return null;
    }
    return new WebhookSpec(given.url(), events(given.events()));
  }

  private List<String> events(@Nullable List<@Nullable String> given) {
    if (given == null) {
      return WebhookEvent.wireNames();
    }
    List<String> events = new ArrayList<>();
    for (String event : given) {
      if (event == null || !WebhookEvent.wireNames().contains(event)) {
        errors.add(
            new MemberError(
                "/webhook/events", "must be of " + String.join(", ", WebhookEvent.wireNames())));
        return List.of();
      }
      if (!events.contains(event)) {
        events.add(event);
      }
    }
    if (events.isEmpty()) {
      errors.add(new MemberError("/webhook/events", "must not be empty"));
    }
    return events;
  }
}
