package org.omnimamba.jobs.web.responses;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.web.problem.OpenAiError;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A page of the items of an input, in OpenAI's shape. */
final class InputPage {
  private static final int MOST = 100;

  private InputPage() {}

  static ObjectNode of(ArrayNode items, int limit, String order, @Nullable String after) {
    if (limit < 1 || limit > MOST) {
      throw OpenAiError.invalid("limit", "invalid_value", "'limit' must be 1 to " + MOST + ".");
    }
    if (!order.equals("asc") && !order.equals("desc")) {
      throw OpenAiError.invalid("order", "invalid_value", "'order' must be asc or desc.");
    }
    List<JsonNode> all = new ArrayList<>();
    items.forEach(all::add);
    if (order.equals("desc")) {
      Collections.reverse(all);
    }
    int from = after == null ? 0 : indexOf(all, after) + 1;
    List<JsonNode> page = all.subList(from, Math.min(all.size(), from + limit));
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("object", "list");
    answer.putArray("data").addAll(page);
    answer.put("first_id", page.isEmpty() ? null : idOf(page.get(0)));
    answer.put("last_id", page.isEmpty() ? null : idOf(page.get(page.size() - 1)));
    answer.put("has_more", from + page.size() < all.size());
    return answer;
  }

  private static int indexOf(List<JsonNode> items, String id) {
    for (int i = 0; i < items.size(); i++) {
      if (idOf(items.get(i)).equals(id)) {
        return i;
      }
    }
    throw OpenAiError.invalid("after", "invalid_value", "'after' is not the id of an item.");
  }

  private static String idOf(JsonNode item) {
    return item.path("id").asString("");
  }
}
