package org.omnimamba.model.generation;

import java.util.List;
import org.omnimamba.model.text.IncrementalDetokenizer;

/** The text of one sequence as it comes: whole characters only, and nothing of a stop string. */
final class SequenceText {
  private final IncrementalDetokenizer detokenizer;
  private final StopStrings stops;
  private final StringBuilder released = new StringBuilder();

  SequenceText(IncrementalDetokenizer detokenizer, List<String> stop) {
    this.detokenizer = detokenizer;
    this.stops = new StopStrings(stop);
  }

  String append(int id) {
    return keep(stops.append(detokenizer.append(id)));
  }

  boolean stopped() {
    return stops.found();
  }

  String rest() {
    return keep(stops.rest());
  }

  private String keep(String text) {
    released.append(text);
    return text;
  }

  @Override
  public String toString() {
    return released.toString();
  }
}
