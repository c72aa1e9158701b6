package org.omnimamba.jobs.worker;

import org.omnimamba.jobs.job.Endpoint;
import org.omnimamba.web.replica.PictureAffinity;
import tools.jackson.databind.JsonNode;

/**
 * What the choice of a replica needs to know of a request.
 *
 * @param tokens about the most that it may generate
 * @param picture names the first picture that it inlines; 0 if there is none
 */
record Demand(long tokens, long picture) {
  /** Of a choice that does not say how many it wants, as in the inference service. */
  private static final long COMPLETION_TOKENS = 512;

  private static final long IMAGE_TOKENS = 256;
  private static final long MOST = 1 << 20;

  static Demand of(Endpoint endpoint, JsonNode body) {
    long count = number(body.path("n"), 1);
    if (endpoint != Endpoint.CHAT) {
      return new Demand(IMAGE_TOKENS * count, 0);
    }
    long each =
        number(
            body.path("max_completion_tokens"), number(body.path("max_tokens"), COMPLETION_TOKENS));
    return new Demand(each * count, picture(body));
  }

  private static long number(JsonNode value, long otherwise) {
    return value.isIntegralNumber() && value.canConvertToLong() && value.longValue() > 0
        ? Math.min(MOST, value.longValue())
        : otherwise;
  }

  private static long picture(JsonNode body) {
    for (JsonNode message : body.path("messages")) {
      for (JsonNode part : message.path("content")) {
        JsonNode image = part.path("image_url");
        String url = (image.isString() ? image : image.path("url")).asString("");
        if (url.startsWith("data:")) {
          return PictureAffinity.of(url);
        }
      }
    }
    return 0;
  }
}
