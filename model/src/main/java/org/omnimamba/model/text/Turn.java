package org.omnimamba.model.text;

/**
 * One message of a conversation.
 *
 * @param role who speaks
 * @param text what is said
 */
public record Turn(Role role, String text) {
  /** Who speaks. The reference knows no other roles. */
  public enum Role {
    USER,
    ASSISTANT
  }

  public static Turn user(String text) {
    return new Turn(Role.USER, text);
  }

  public static Turn assistant(String text) {
    return new Turn(Role.ASSISTANT, text);
  }
}
