package org.omnimamba.inference.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.text.Turn;

/**
 * What a request's messages say.
 *
 * @param turns by turns user and assistant, from user to user
 * @param picture the one picture's place and bytes, still encoded
 */
record Conversation(List<Turn> turns, @Nullable Picture picture) {

  /**
   * A picture as it was sent.
   *
   * @param param where it stands in the request
   * @param encoded the bytes of a picture file
   */
  record Picture(String param, byte[] encoded) {}
}
