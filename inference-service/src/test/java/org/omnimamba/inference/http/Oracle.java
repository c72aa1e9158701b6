package org.omnimamba.inference.http;

import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.omnimamba.model.testing.Golden;
import tools.jackson.databind.JsonNode;

/** The reference's generations, as the API should return them. */
final class Oracle {
  private Oracle() {}

  /** A question about a photo and the greedy answer. */
  record Answer(String photo, String question, int maxTokens, List<Integer> ids) {}

  /** A caption and the greedy picture. */
  record Picture(String caption, List<Integer> ids) {}

  static List<Answer> answers() {
    return elements(Golden.json("full-mmu-tiny").get("runs"))
        // the other run has other weights
        .filter(run -> !run.get("tag").stringValue().equals("bf16_weights"))
        .map(
            run ->
                new Answer(
                    run.get("photo").stringValue(),
                    run.get("question").stringValue(),
                    run.get("max_new_tokens").intValue(),
                    ids(run.get("generated"))))
        .toList();
  }

  static List<Picture> pictures() {
    JsonNode runs = Golden.json("generate-tiny").get("t2i");
    JsonNode both = runs.get(1);
    JsonNode cut = runs.get(2);
    return List.of(
        new Picture(both.get("captions").get(0).stringValue(), ids(both.get("generated").get(0))),
        new Picture(both.get("captions").get(1).stringValue(), ids(both.get("generated").get(1))),
        new Picture(cut.get("captions").get(0).stringValue(), ids(cut.get("generated").get(0))));
  }

  static List<Integer> ids(JsonNode array) {
    return elements(array).map(JsonNode::intValue).toList();
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
