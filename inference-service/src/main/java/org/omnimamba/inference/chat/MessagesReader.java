package org.omnimamba.inference.chat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.omnimamba.inference.InferenceProperties;
import org.omnimamba.inference.InferenceProperties.Limits;
import org.omnimamba.inference.api.ApiException;
import org.omnimamba.inference.api.PromptChecks;
import org.omnimamba.inference.chat.ChatCompletionRequest.ChatMessage;
import org.omnimamba.inference.chat.ContentReader.Content;
import org.omnimamba.inference.chat.Conversation.Picture;
import org.omnimamba.model.text.Turn;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Checks messages and turns them into a conversation, as the package description says. */
@Component
final class MessagesReader {
  /** The question of a message that is a picture alone. */
  private static final String ABOUT_A_PICTURE = "Describe the picture.";

  private final Limits limits;
  private final PromptChecks prompts;
  private final ContentReader contents;

  MessagesReader(InferenceProperties properties, PromptChecks prompts) {
    this.limits = properties.limits();
    this.prompts = prompts;
    this.contents = new ContentReader(limits.image().toBytes());
  }

  /**
   * @throws ApiException naming the message or part that is wrong
   */
  Conversation read(@Nullable List<ChatMessage> messages) {
    if (messages == null) {
      throw ApiException.invalid(
          "messages", "missing_required_parameter", "Missing required parameter: 'messages'.");
    }
    if (messages.isEmpty()) {
      throw ApiException.invalid("messages", "empty_array", "'messages' must not be empty.");
    }
    if (messages.size() > limits.messages()) {
      throw ApiException.invalid(
          "messages",
          "array_too_long",
          "There are %d messages; at most %d are taken."
              .formatted(messages.size(), limits.messages()));
    }
    Draft draft = new Draft();
    for (int i = 0; i < messages.size(); i++) {
      add(draft, "messages[%d]".formatted(i), messages.get(i));
    }
    if (draft.turns.size() % 2 == 0) {
      throw ApiException.invalidValue("messages", "The last message must be the user's.");
    }
    prompts.checkLength("messages", draft.characters);
    return new Conversation(List.copyOf(draft.turns), draft.picture);
  }

  private void add(Draft draft, String param, @Nullable ChatMessage message) {
    if (message == null) {
      throw ApiException.invalidValue(param, "A message must be an object.");
    }
    refuseOthers(param, message);
    String role = Objects.requireNonNullElse(message.role(), "");
    Content content = contents.read(param + ".content", message.content());
    switch (role) {
      case "system", "developer" -> addSystem(draft, param, content);
      case "user" -> addUser(draft, param, content);
      case "assistant" -> addAssistant(draft, param, content);
      default ->
          throw ApiException.invalidValue(
              param + ".role", "'role' must be system, developer, user or assistant.");
    }
  }

  private static void addSystem(Draft draft, String param, Content content) {
    refusePicture(content);
    if (!draft.turns.isEmpty()) {
      throw ApiException.invalidValue(
          param + ".role", "System messages must stand before the first user message.");
    }
    draft.system.append(content.text()).append('\n');
  }

  private static void addUser(Draft draft, String param, Content content) {
    if (draft.turns.size() % 2 == 1) {
      throw ApiException.invalidValue(
          param + ".role", "User and assistant messages must alternate.");
    }
    if (content.text().isBlank() && content.picture() == null) {
      throw ApiException.invalid(param + ".content", "empty_prompt", "The message has no text.");
    }
    if (content.picture() != null) {
      if (draft.picture != null) {
        throw ApiException.invalid(
            content.picture().param(),
            "too_many_images",
            "A conversation may hold one picture; '%s' is a second one."
                .formatted(content.picture().param()));
      }
      draft.picture = content.picture();
    }
    String question = content.text().isBlank() ? ABOUT_A_PICTURE : content.text();
    draft.add(Turn.user(draft.turns.isEmpty() ? draft.system + question : question));
  }

  private static void addAssistant(Draft draft, String param, Content content) {
    refusePicture(content);
    if (draft.turns.size() % 2 == 0) {
      throw ApiException.invalidValue(
          param + ".role", "User and assistant messages must alternate, beginning with the user.");
    }
    draft.add(Turn.assistant(content.text()));
  }

  private static void refusePicture(Content content) {
    if (content.picture() != null) {
      throw ApiException.invalidValue(
          content.picture().param(), "Only user messages may hold a picture.");
    }
  }

  /** Fields that clients copy from earlier answers are fine while they are empty. */
  private static void refuseOthers(String param, ChatMessage message) {
    message
        .others()
        .forEach(
            (name, value) -> {
              if (!isNothing(value)) {
                throw ApiException.unsupportedParameter(param + "." + name);
              }
            });
  }

  private static boolean isNothing(JsonNode value) {
    return value.isNull() || (value.isContainer() && value.isEmpty());
  }

  /** The conversation while it is being read. */
  private static final class Draft {
    private final StringBuilder system = new StringBuilder();
    private final List<Turn> turns = new ArrayList<>();
    private long characters;
    private @Nullable Picture picture;

    void add(Turn turn) {
      turns.add(turn);
      characters += turn.text().length();
    }
  }
}
