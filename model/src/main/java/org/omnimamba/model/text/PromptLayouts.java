package org.omnimamba.model.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.LanguageModelConfig;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.SpecialTokens;
import org.omnimamba.model.config.Task;

/**
 * The reference's prompt layouts (see docs/reference-behaviours.md, 12 to 15).
 *
 * <ul>
 *   <li>text-to-image: {@code [t2i][sot]}, the caption padded on the left with {@code [PAD]} to 68
 *       ids, {@code [eot][soi]};
 *   <li>one question: {@code [mmu][soi]} image {@code [eoi][sot]} and the ids of {@code USER:
 *       <question> ASSISTANT:};
 *   <li>a conversation: the same frame and, each encoded on its own, {@code In: <message>\nOut: }
 *       (from the second on with a line break in front) and {@code <answer><|endoftext|>}, the
 *       template of the reference's training.
 * </ul>
 *
 * <p>What control tokens in a caption or message mean is chosen with the constructor: the reference
 * obeys them; {@link #plain} layouts encode their spelling, and only the layout places control
 * tokens.
 *
 * <p>A prompt about no image keeps the image places; the model fills them with zeros (behaviour
 * 31). Pad ids are ordinary tokens to the model (see docs/reference-behaviours.md, 14).
 */
public final class PromptLayouts {
  private final Encoding encoding;
  private final SpecialTokens special;
  private final LanguageModelConfig language;
  private final int imagePlaces;

  /** Turns a piece of a prompt into ids. */
  private interface Encoding {
    int[] encode(String text);
  }

  /**
   * The reference's layouts to the letter: control tokens in a caption or message are obeyed.
   *
   * @throws InvalidTokenizerException if the tokenizer belongs to another model
   */
  public PromptLayouts(ModelConfig config, Tokenizer tokenizer) {
    this(config, tokenizer, tokenizer::encode);
  }

  /**
   * Layouts for what people write: control tokens in a caption or message are text.
   *
   * @throws InvalidTokenizerException if the tokenizer belongs to another model
   */
  public static PromptLayouts plain(ModelConfig config, Tokenizer tokenizer) {
    return new PromptLayouts(config, tokenizer, tokenizer::encodePlain);
  }

  private PromptLayouts(ModelConfig config, Tokenizer tokenizer, Encoding encoding) {
    tokenizer.requireMatches(config);
    this.encoding = encoding;
    this.special = config.specialTokens();
    this.language = config.language();
    this.imagePlaces = config.vision().patches();
  }

  /**
   * A text-to-image prompt, always {@code t2iPromptTokens()} ids.
   *
   * @param truncation {@code AUTO} keeps the caption's first {@code maxCaptionTokens()} ids (see
   *     docs/reference-behaviours.md, 13)
   * @throws PromptTooLongException if the caption is longer and may not be cut; both counts are the
   *     caption's
   */
  public Prompt t2i(String caption, Truncation truncation) {
    int[] text = encoding.encode(caption);
    int room = language.maxCaptionTokens();
    Prompt.@Nullable Truncated truncated = null;
    if (text.length > room) {
      refuseUnlessAuto(truncation, "the caption", text.length, room);
      truncated = new Prompt.Truncated(text.length, room);
      text = Arrays.copyOf(text, room);
    }
    int[] ids = new int[language.t2iPromptTokens()];
    ids[0] = special.t2i();
    ids[1] = special.sot();
    Arrays.fill(ids, 2, 2 + room - text.length, special.pad());
    System.arraycopy(text, 0, ids, 2 + room - text.length, text.length);
    ids[2 + room] = special.eot();
    ids[3 + room] = special.soi();
    return new Prompt(Task.T2I, ids, 0, truncated);
  }

  /** {@link #question(String, Truncation, int)} with room for at least one new token. */
  public Prompt question(String question, Truncation truncation) {
    return question(question, truncation, 1);
  }

  /**
   * One question about an image, or about none.
   *
   * @param truncation {@code AUTO} keeps the question's first ids and the closing {@code
   *     ASSISTANT:}, as the reference keeps the head of a caption
   * @param roomForNewTokens new tokens that a cut prompt leaves positions for; a prompt that fits
   *     the position table is never cut for them
   * @throws PromptTooLongException if the prompt takes more than {@code mmuPositions()} positions
   *     and may not be cut
   */
  public Prompt question(String question, Truncation truncation, int roomForNewTokens) {
    int[] whole = framed(encoding.encode("USER: " + question + " ASSISTANT:"));
    if (whole.length + imagePlaces <= language.mmuPositions()) {
      return new Prompt(Task.MMU, whole, imagePlaces, null);
    }
    return cut(whole, encoding.encode(" ASSISTANT:"), truncation, roomForNewTokens, whole);
  }

  /** {@link #conversation(List, Truncation, int)} with room for at least one new token. */
  public Prompt conversation(List<Turn> turns, Truncation truncation) {
    return conversation(turns, truncation, 1);
  }

  /**
   * A conversation that the model is to continue. One user turn alone is a {@link #question}.
   *
   * @param turns user and assistant by turns, from user to user
   * @param truncation {@code AUTO} leaves out the oldest question with its answer until the rest
   *     fits, and at last cuts the remaining question like {@link #question}
   * @param roomForNewTokens as for {@link #question}
   * @throws IllegalArgumentException if the turns do not alternate from user to user
   * @throws PromptTooLongException if the prompt takes more than {@code mmuPositions()} positions
   *     and may not be cut
   */
  public Prompt conversation(List<Turn> turns, Truncation truncation, int roomForNewTokens) {
    requireAlternating(turns);
    if (turns.size() == 1) {
      return question(turns.get(0).text(), truncation, roomForNewTokens);
    }
    int[] whole = framed(conversationIds(turns));
    if (whole.length + imagePlaces <= language.mmuPositions()) {
      return new Prompt(Task.MMU, whole, imagePlaces, null);
    }
    refuseUnlessAuto(truncation, "the prompt", whole.length + imagePlaces, language.mmuPositions());
    int room = positionsForPrompt(roomForNewTokens) - imagePlaces;
    for (int first = 2; first < turns.size(); first += 2) {
      int[] rest = framed(conversationIds(turns.subList(first, turns.size())));
      if (rest.length <= room) {
        return new Prompt(Task.MMU, rest, imagePlaces, truncated(whole, rest.length));
      }
    }
    int[] last = framed(conversationIds(turns.subList(turns.size() - 1, turns.size())));
    return cut(last, encoding.encode("\nOut: "), truncation, roomForNewTokens, whole);
  }

  private Prompt cut(
      int[] ids, int[] closing, Truncation truncation, int roomForNewTokens, int[] whole) {
    refuseUnlessAuto(truncation, "the prompt", whole.length + imagePlaces, language.mmuPositions());
    int kept = Math.min(ids.length, positionsForPrompt(roomForNewTokens) - imagePlaces);
    int[] shorter = Arrays.copyOf(ids, kept);
    System.arraycopy(closing, 0, shorter, kept - closing.length, closing.length);
    return new Prompt(Task.MMU, shorter, imagePlaces, truncated(whole, kept));
  }

  private Prompt.Truncated truncated(int[] whole, int kept) {
    return new Prompt.Truncated(whole.length + imagePlaces, kept + imagePlaces);
  }

  /** The last new token is never fed back, so it needs no position. */
  private int positionsForPrompt(int roomForNewTokens) {
    int smallest = imagePlaces + 4 + encoding.encode("USER:  ASSISTANT:").length;
    return Math.max(smallest, language.mmuPositions() + 1 - Math.max(1, roomForNewTokens));
  }

  private int[] framed(int[] text) {
    int[] ids = new int[4 + text.length];
    ids[0] = special.mmu();
    ids[1] = special.soi();
    ids[2] = special.eoi();
    ids[3] = special.sot();
    System.arraycopy(text, 0, ids, 4, text.length);
    return ids;
  }

  private int[] conversationIds(List<Turn> turns) {
    List<int[]> pieces = new ArrayList<>();
    for (int i = 0; i < turns.size(); i++) {
      String text = turns.get(i).text();
      if (turns.get(i).role() == Turn.Role.ASSISTANT) {
        pieces.add(encoding.encode(text));
        pieces.add(new int[] {special.eos()});
      } else {
        pieces.add(encoding.encode((i == 0 ? "In: " : "\nIn: ") + text + "\nOut: "));
      }
    }
    return pieces.stream().flatMapToInt(IntStream::of).toArray();
  }

  private static void requireAlternating(List<Turn> turns) {
    for (int i = 0; i < turns.size(); i++) {
      Turn.Role expected = i % 2 == 0 ? Turn.Role.USER : Turn.Role.ASSISTANT;
      if (turns.get(i).role() != expected) {
        throw new IllegalArgumentException(
            "turn %d of the conversation is not from the %s"
                .formatted(i + 1, expected == Turn.Role.USER ? "user" : "assistant"));
      }
    }
    if (turns.size() % 2 == 0) {
      throw new IllegalArgumentException("the conversation does not end with a user's turn");
    }
  }

  private static void refuseUnlessAuto(
      Truncation truncation, String what, int tokens, int maxTokens) {
    if (truncation != Truncation.AUTO) {
      throw new PromptTooLongException(what, tokens, maxTokens);
    }
  }
}
