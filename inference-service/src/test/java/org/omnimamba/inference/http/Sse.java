package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads an event stream. */
final class Sse {
  private Sse() {}

  /** One event; {@code data} as sent. */
  record Event(@Nullable String name, String data) {
    JsonNode json() {
      return TestServer.json(data);
    }
  }

  static List<Event> events(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
    List<Event> events = new ArrayList<>();
    for (String block : response.body().split("\n\n")) {
      String name = null;
      String data = null;
      for (String line : block.split("\n")) {
        if (line.startsWith("event: ")) {
          name = line.substring("event: ".length());
        } else if (line.startsWith("data: ")) {
          data = line.substring("data: ".length());
        }
      }
      if (data != null) {
        events.add(new Event(name, data));
      }
    }
    return events;
  }
}
