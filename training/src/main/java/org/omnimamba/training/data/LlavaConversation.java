package org.omnimamba.training.data;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.text.Turn;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * An entry of a conversation file as LLaVA and its successors publish them: a JSON array of objects
 * such as
 *
 * <pre>{@code
 * {"image": "000123.png", "conversations": [
 *   {"from": "human", "value": "<image>\nWhat is it?"}, {"from": "gpt", "value": "A house."}]}
 * }</pre>
 *
 * @param image path below the folder of images; null in a conversation about none
 * @param conversations messages of {@code human} and {@code gpt} by turns
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record LlavaConversation(@Nullable String image, List<Message> conversations) {
  private static final String IMAGE_PLACE = "<image>";

  /**
   * One message.
   *
   * @param from {@code human} or {@code gpt}
   * @param value text; {@code <image>} in it marks where the picture was and is taken out
   */
  public record Message(String from, String value) {}

  /**
   * Reads a file. Entries that are no conversations are left out with a warning.
   *
   * @throws InvalidDataException if it is not such an array, or many entries are no conversations;
   *     the message names one
   */
  public static List<LlavaConversation> read(Path file) {
    LlavaConversation[] all;
    try {
      all = JsonMapper.shared().readValue(Files.readString(file), LlavaConversation[].class);
    } catch (IOException e) {
      throw new InvalidDataException("cannot read " + file + ": " + e.getMessage(), e);
    } catch (JacksonException e) {
      throw new InvalidDataException(
          "%s is no array of conversations: %s".formatted(file, e.getOriginalMessage()), e);
    }
    UnusableData unusable = new UnusableData("conversations of " + file);
    String why = "";
    List<LlavaConversation> good = new ArrayList<>();
    for (int i = 0; i < all.length; i++) {
      try {
        all[i].turns();
        good.add(all[i]);
        unusable.usable();
      } catch (InvalidDataException e) {
        why = "entry %d: %s".formatted(i, e.getMessage());
        unusable.unusable(why);
      }
    }
    unusable.requireMostUsable(why);
    return good;
  }

  /**
   * The messages without their image marks.
   *
   * @throws InvalidDataException if they do not alternate from human to gpt
   */
  @SuppressWarnings("ConstantValue") // the JSON decides what is null
  public List<Turn> turns() {
    if (conversations == null || conversations.isEmpty()) {
      throw new InvalidDataException("it has no 'conversations'");
    }
    List<Turn> turns = new ArrayList<>();
    for (int i = 0; i < conversations.size(); i++) {
      String from = i % 2 == 0 ? "human" : "gpt";
      Message message = conversations.get(i);
      if (!from.equals(message.from()) || message.value() == null) {
        throw new InvalidDataException("message %d is not a text from '%s'".formatted(i, from));
      }
      String text = message.value().replace(IMAGE_PLACE, "").strip();
      turns.add(i % 2 == 0 ? Turn.user(text) : Turn.assistant(text));
    }
    if (turns.size() % 2 != 0) {
      throw new InvalidDataException("the last message is not from 'gpt'");
    }
    return turns;
  }
}
