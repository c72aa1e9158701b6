/**
 * {@code POST /v1/chat/completions}: text from a conversation with at most one picture.
 *
 * <h2>How messages become a prompt</h2>
 *
 * <ul>
 *   <li>{@code user} and {@code assistant} messages alternate, from user to user, in the
 *       reference's conversation template; a single user message is the reference's question.
 *   <li>{@code system} and {@code developer} messages may stand before the first user message. The
 *       reference knows no system prompt, so their text goes before the first question, followed by
 *       a line break.
 *   <li>A {@code user} message that is a picture alone asks {@code Describe the picture.}
 *   <li>One picture in the whole conversation, as a {@code data:} URI; without one the reference's
 *       text-only layout is used (image places zero). A second picture is refused by name.
 * </ul>
 *
 * <h2>Answers of a fixed form</h2>
 *
 * {@code response_format} and {@code structured_outputs} are turned into the list of texts that the
 * answer may be ({@link org.omnimamba.inference.chat.AnswerTextsReader}); that list is compiled
 * against the vocabulary ({@link org.omnimamba.model.text.AnswerChoices}) before the request is
 * admitted. Tokens of such an answer are drawn on the host, from the logits of its row; the other
 * rows of a step are drawn as ever.
 */
@NullMarked
package org.omnimamba.inference.chat;

import org.jspecify.annotations.NullMarked;
