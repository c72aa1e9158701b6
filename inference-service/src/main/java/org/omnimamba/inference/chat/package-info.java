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
 */
@NullMarked
package org.omnimamba.inference.chat;

import org.jspecify.annotations.NullMarked;
