package org.omnimamba.rehearsal;

import static org.omnimamba.rehearsal.Promises.expect;
import static org.omnimamba.rehearsal.Promises.header;
import static org.omnimamba.rehearsal.Promises.require;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** What {@code docs/deployment.md} promises to operators: probes, metrics, logs, traces. */
final class OperatorWalk {
  /**
   * TensorFlow writes these two lines itself, before its logging can be told not to; all other
   * lines are JSON.
   */
  private static final Pattern OF_TENSORFLOW =
      Pattern.compile(
          "WARNING: All log messages before absl::InitializeLog.*|I0000 .*port\\.cc.*oneDNN.*");

  private static final String REQUEST = "walk-traced";
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final List<String> SERVICES =
      List.of("gateway-service", "job-service", "inference-service");

  private final Promises promises;
  private final Api api;
  private final Receiver receiver;

  OperatorWalk(Promises promises, Api api, Receiver receiver) {
    this.promises = promises;
    this.api = api;
    this.receiver = receiver;
  }

  void run(List<Pod> pods) {
    for (Pod pod : pods) {
      for (String path :
          List.of(
              "/actuator/health/liveness", "/actuator/health/readiness", "/actuator/prometheus")) {
        management(pod, path);
      }
    }
    promises.check(
        "traceparent: one trace spans gateway, jobs and inference, and reaches the collector",
        () -> {
          HttpResponse<String> response =
              api.send(
                  api.post(
                          "/v1/jobs",
                          "{\"endpoint\": \"/v1/images/generations\", \"body\": {\"prompt\":"
                              + " \"a red apple\"}}")
                      .header("Prefer", "wait=30")
                      .header("x-request-id", REQUEST)
                      .header("traceparent", "00-" + TRACE + "-b7ad6b7169203331-01"));
          expect(response, 200);
          require(header(response, "x-request-id").equals(REQUEST), "another x-request-id");
          Wait.until(
              "spans of all three services have come",
              Duration.ofSeconds(60),
              () -> receiver.tracedServices(TRACE, SERVICES).size() == SERVICES.size());
          return String.join(", ", receiver.tracedServices(TRACE, SERVICES));
        });
    promises.check(
        "logs: JSON, with the request's id at each service it passed",
        () -> {
          Wait.until(
              "the request's id is in the logs of gateway and jobs",
              Duration.ofSeconds(30),
              () -> named(pods).containsAll(List.of("gateway-service", "job-service")));
          return logs(pods) + " lines; the id in those of " + String.join(", ", named(pods));
        });
  }

  private void management(Pod pod, String path) {
    promises.check(
        pod.name + " " + path,
        () -> {
          HttpResponse<String> response = Promises.plain(pod.management(path));
          expect(response, 200);
          if (path.endsWith("prometheus")) {
            require(
                response.body().contains("application=\"" + pod.container.service() + "\""),
                "no application tag");
            return response.body().lines().count() + " lines";
          }
          return "200";
        });
  }

  /** The services whose logs hold the request's id. */
  private static Set<String> named(List<Pod> pods) throws IOException {
    Set<String> named = new TreeSet<>();
    for (Pod pod : pods) {
      if (Files.readString(pod.process().log()).contains(REQUEST)) {
        named.add(pod.container.service());
      }
    }
    return named;
  }

  /** Counts the lines of all logs, and refuses those that are not JSON. */
  private static long logs(List<Pod> pods) throws IOException {
    List<String> others = new ArrayList<>();
    long lines = 0;
    for (Pod pod : pods) {
      for (String line : Files.readAllLines(pod.process().log())) {
        lines++;
        if (line.startsWith("{")) {
          JsonNode entry = Api.json(line);
          require(entry.has("message") && entry.has("level"), "no message or level: " + line);
        } else if (!OF_TENSORFLOW.matcher(line).matches()) {
          others.add(pod.container.name() + ": " + line);
        }
      }
    }
    require(others.isEmpty(), others.size() + " of " + lines + " lines are not JSON: " + others);
    return lines;
  }
}
