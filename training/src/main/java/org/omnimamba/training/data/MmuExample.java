package org.omnimamba.training.data;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.text.Turn;

/**
 * A conversation, with a picture or about none.
 *
 * @param picture RGB bytes {@code [size, size, 3]} in the size that the towers take, or null
 * @param turns user and assistant by turns, ending with an answer
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record MmuExample(byte @Nullable [] picture, List<Turn> turns) {

  // written out, because a compact constructor's parameters lose their annotations
  public MmuExample(byte @Nullable [] picture, List<Turn> turns) {
    this.picture = picture;
    this.turns = List.copyOf(turns);
    for (int i = 0; i < turns.size(); i++) {
      Turn.Role expected = i % 2 == 0 ? Turn.Role.USER : Turn.Role.ASSISTANT;
      if (turns.get(i).role() != expected) {
        throw new InvalidDataException(
            "turn %d of a conversation is not from the %s"
                .formatted(i + 1, expected == Turn.Role.USER ? "user" : "assistant"));
      }
    }
    if (turns.isEmpty() || turns.size() % 2 != 0) {
      throw new InvalidDataException("a conversation does not end with an answer");
    }
  }
}
