package org.omnimamba.model.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.ByteArrayOutputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.SpecialTokens;

/**
 * Text to ids and back with a byte-level BPE {@code tokenizer.json} such as GPT-NeoX-20B's.
 *
 * <p>Encoding adds no begin or end token (see docs/reference-behaviours.md, 17). {@link #encode}
 * recognises control tokens inside the text, as the reference does it; {@link #encodePlain} takes
 * their spelling for text, and is meant for what people write: see the package description. The ten
 * tokens that the reference adds are added here too when the file lacks them.
 *
 * <p>Safe for use by several threads. Holds native memory until closed.
 */
public final class Tokenizer implements AutoCloseable {
  private final Vocabulary vocabulary;
  private final NativeBpe bpe;
  private final NativeBpe plainBpe;
  private @Nullable TokenIndex index;

  private Tokenizer(Vocabulary vocabulary, NativeBpe bpe, NativeBpe plainBpe) {
    this.vocabulary = vocabulary;
    this.bpe = bpe;
    this.plainBpe = plainBpe;
  }

  /**
   * Reads a {@code tokenizer.json}; its bytes are untrusted.
   *
   * @throws InvalidTokenizerException if it is damaged, larger than 32 MB or not a byte-level BPE
   * @throws IllegalStateException if the native library cannot be loaded on this machine
   */
  public static Tokenizer open(Path file) {
    return create(TokenizerFile.read(file), file.toString());
  }

  static Tokenizer parse(byte[] json) {
    return create(TokenizerFile.parse(json, "tokenizer.json"), "tokenizer.json");
  }

  private static Tokenizer create(TokenizerFile file, String source) {
    TokenizersLibrary library = TokenizerLibrary.get();
    Tokenizer tokenizer;
    try {
      tokenizer = load(library, file);
    } catch (RuntimeException e) {
      throw new InvalidTokenizerException(source + " is refused: " + e.getMessage(), e);
    }
    try {
      tokenizer.checkAddedTokens(file, source);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
    return tokenizer;
  }

  private static Tokenizer load(TokenizersLibrary library, TokenizerFile file) {
    NativeBpe bpe = new NativeBpe(library, file.canonicalJson());
    try {
      return new Tokenizer(file.vocabulary(), bpe, new NativeBpe(library, file.plainJson()));
    } catch (RuntimeException e) {
      bpe.close();
      throw e;
    }
  }

  /** The native library numbers added tokens itself; a gap in the ids would shift them. */
  private void checkAddedTokens(TokenizerFile file, String source) {
    for (AddedToken token : file.addedTokens()) {
      int[] ids = encode(token.content());
      int[] plain = token.control() ? ids : encodePlain(token.content());
      if (ids.length != 1 || ids[0] != token.id() || !Arrays.equals(ids, plain)) {
        throw new InvalidTokenizerException(
            "%s: added token '%s' should have id %d; are there gaps between the ids?"
                .formatted(source, token.content(), token.id()));
      }
    }
  }

  /**
   * Checks that this tokenizer belongs to a model.
   *
   * @throws InvalidTokenizerException if a special token's id differs or the vocabulary is larger
   *     than the model's
   */
  public void requireMatches(ModelConfig config) {
    SpecialTokens expected = config.specialTokens();
    requireId("<|endoftext|>", expected.eos());
    requireId("[PAD]", expected.pad());
    requireId("<|soi|>", expected.soi());
    requireId("<|eoi|>", expected.eoi());
    requireId("<|sot|>", expected.sot());
    requireId("<|eot|>", expected.eot());
    requireId("<|t2i|>", expected.t2i());
    requireId("<|mmu|>", expected.mmu());
    if (size() > config.language().textVocabSize()) {
      throw new InvalidTokenizerException(
          "the tokenizer has %d entries, but the model's vocabulary %d"
              .formatted(size(), config.language().textVocabSize()));
    }
  }

  private void requireId(String content, int expected) {
    Integer id = vocabulary.addedToken(content);
    if (id == null || id != expected) {
      throw new InvalidTokenizerException(
          "the model expects %s to have id %d, but the tokenizer gives it %s"
              .formatted(content, expected, id == null ? "none" : id));
    }
  }

  /** One more than the highest id; the model's vocabulary may be padded beyond it. */
  public int size() {
    return vocabulary.size();
  }

  /**
   * Ids of a text, without begin or end token. Control tokens that are spelled out in it become
   * their ids.
   *
   * @param text a lone surrogate in it counts as U+FFFD, so that texts which differ in nothing else
   *     have the same ids
   * @return {@code [length]}, empty for an empty text
   */
  public int[] encode(String text) {
    return bpe.encode(wellFormed(text));
  }

  /**
   * Ids of a text as {@link #encode}, but with none of the control tokens: where one is spelled
   * out, its characters are encoded like any others.
   *
   * @param text a lone surrogate in it counts as U+FFFD
   * @return {@code [length]}, empty for an empty text
   */
  public int[] encodePlain(String text) {
    return plainBpe.encode(wellFormed(text));
  }

  /** The native call takes well-formed text only. */
  private static String wellFormed(String text) {
    StringBuilder repaired = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!Character.isSurrogate(c)) {
        continue;
      }
      boolean paired =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (paired) {
        i++;
        continue;
      }
      if (repaired == null) {
        repaired = new StringBuilder(text);
      }
      repaired.setCharAt(i, '\uFFFD');
    }
    return repaired == null ? text : repaired.toString();
  }

  /**
   * Text of ids, special tokens included, as the reference prints it. An id that stands for nothing
   * (a padding row's, see docs/reference-behaviours.md, 6) adds nothing; bytes that are not UTF-8
   * become U+FFFD.
   */
  public String decode(int... ids) {
    return decode(ids, false);
  }

  /**
   * Text of ids.
   *
   * @param skipSpecial leave out end-of-text and padding tokens; the reference's other added
   *     tokens, such as {@code <|soi|>}, count as text
   */
  public String decode(int[] ids, boolean skipSpecial) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(ids.length * 4);
    for (int id : ids) {
      if (!skipSpecial || !vocabulary.special(id)) {
        bytes.writeBytes(vocabulary.bytes(id));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** A decoder for one stream of ids that releases only whole characters. */
  public IncrementalDetokenizer detokenizer() {
    return new IncrementalDetokenizer(vocabulary);
  }

  /** The bytes that one id stands for; empty for an id that stands for nothing. */
  public byte[] bytes(int id) {
    return vocabulary.bytes(id).clone();
  }

  /** Whether decoding without special tokens leaves this id out. */
  public boolean isSpecial(int id) {
    return vocabulary.special(id);
  }

  /**
   * Compiles texts of which an answer shall be exactly one. The first call also sorts the
   * vocabulary, which takes tens of milliseconds for one of 50,000 tokens.
   *
   * @param texts one or more, none empty; one that stands there twice counts once
   * @param endToken the id that ends an answer
   * @throws UnspellableTextException if no tokens write one of the texts
   * @throws IllegalArgumentException if there is no text, or an empty one
   */
  public AnswerChoices choices(Collection<String> texts, int endToken) {
    return new AnswerChoices(index(), texts, endToken);
  }

  private synchronized TokenIndex index() {
    TokenIndex found = index;
    if (found == null) {
      found = TokenIndex.of(vocabulary);
      index = found;
    }
    return found;
  }

  /** Text of one id alone, or null where its bytes are only a part of a character. */
  public @Nullable String textOf(int id) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(java.nio.ByteBuffer.wrap(vocabulary.bytes(id)))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  @Override
  public void close() {
    bpe.close();
    plainBpe.close();
  }
}
