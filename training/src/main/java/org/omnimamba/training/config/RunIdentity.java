package org.omnimamba.training.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * What must not change while a run is stopped: where it began, what it is trained on and how. Kept
 * in its state, so that another training does not silently go on from it.
 *
 * @param fields values by the dotted names of the configuration; files stand there as fingerprints
 */
public record RunIdentity(Map<String, String> fields) {
  /** Of runs that have no configuration; fits every state. */
  public static final RunIdentity NONE = new RunIdentity(Map.of());

  private static final String ABSENT = "absent";

  public RunIdentity {
    fields = Map.copyOf(fields);
  }

  /** As one text, which {@link #requireSame} reads. */
  public String text() {
    return JsonMapper.shared().writeValueAsString(new TreeMap<>(fields));
  }

  /**
   * Compares with a state.
   *
   * @param state names it, for messages
   * @param saved what {@link #text} gave when it was saved
   * @throws CheckpointException if a field differs; the message names the fields and both values
   */
  public void requireSame(String state, String saved) {
    Map<String, String> before;
    try {
      before = JsonMapper.shared().readValue(saved, new TypeReference<Map<String, String>>() {});
    } catch (JacksonException e) {
      throw new CheckpointException(
          "%s is damaged: it does not say what it is of".formatted(state), e);
    }
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(fields.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String old = before.getOrDefault(name, ABSENT);
      String now = fields.getOrDefault(name, ABSENT);
      if (!old.equals(now)) {
        differences.add("%s (then %s, now %s)".formatted(name, old, now));
      }
    }
    if (!differences.isEmpty()) {
      throw new CheckpointException(
          ("%s was saved by another training, which differs in %s. Choose another output, delete"
                  + " the state to begin anew, or set the fields as they were to go on; steps,"
                  + " minutes, device, number of devices, recomputation, compilation and logging may change")
              .formatted(state, String.join(", ", differences)));
    }
  }
}
