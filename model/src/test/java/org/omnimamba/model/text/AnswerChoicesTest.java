package org.omnimamba.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.text.TokenIndex.Token;

class AnswerChoicesTest {
  private static final int END = 900;

  @Test
  void everyPieceThatGoesOnInAChoiceIsAllowed() {
    Vocab vocab = new Vocab("a", "b", "ab", "abc", "c", "bc", "abcd", "x", "bd", "d");
    AnswerChoices choices = vocab.choices("abc", "abd");
    assertThat(vocab.tokens(choices.cursor())).containsExactly("a", "ab", "abc");
    assertThat(vocab.tokens(after(choices, vocab, "a"))).containsExactly("b", "bc", "bd");
    assertThat(vocab.tokens(after(choices, vocab, "ab"))).containsExactly("c", "d");
    assertThat(vocab.tokens(after(choices, vocab, "a", "bd"))).isEmpty();
    assertThat(after(choices, vocab, "a", "bd").finished()).isTrue();
    assertThat(after(choices, vocab, "ab").finished()).isFalse();
    assertThatThrownBy(() -> after(choices, vocab, "x")).hasMessageContaining("choices");
  }

  @Test
  void aChoiceThatIsThePrefixOfAnotherMayEndOrGoOn() {
    Vocab vocab = new Vocab("n", "o", "no", "p", "e", "pe");
    AnswerChoices choices = vocab.choices("nope", "no");
    assertThat(vocab.tokens(choices.cursor())).containsExactly("n", "no");
    AnswerChoices.Cursor no = after(choices, vocab, "no");
    assertThat(no.allowed()).as("p, pe and the end").containsExactly(3, 5, END);
    assertThat(no.finished()).isFalse();
    no.advance(5, "pe".getBytes(StandardCharsets.UTF_8));
    assertThat(no.finished()).isTrue();
    assertThat(no.allowed()).isEmpty();
    assertThat(choices.mostTokens()).isEqualTo(5);
  }

  @Test
  void tokensMayHoldPartsOfCharacters() {
    byte[][] parts = {{(byte) 0xc3}, {(byte) 0xa9}, {(byte) 0xa8}, {(byte) 0xa8, 'x'}, {'x'}};
    List<Token> tokens = new ArrayList<>();
    for (int id = 0; id < parts.length; id++) {
      tokens.add(new Token(id, parts[id]));
    }
    AnswerChoices choices =
        new AnswerChoices(TokenIndex.of(tokens), List.of("\u00e9", "\u00e8x"), END);
    AnswerChoices.Cursor cursor = choices.cursor();
    assertThat(cursor.allowed()).containsExactly(0);
    cursor.advance(0, parts[0]);
    assertThat(cursor.allowed()).containsExactly(1, 2, 3);
    cursor.advance(2, parts[2]);
    assertThat(cursor.allowed()).containsExactly(4);
  }

  @Test
  void noTokenLeadsWhereNoneGoesOn() {
    Vocab vocab = new Vocab("a", "ab", "bd", "ac", "d");
    assertThat(vocab.tokens(vocab.choices("abd").cursor())).containsExactly("a", "ab");
    Vocab withoutD = new Vocab("a", "ab", "bd", "ac");
    assertThat(withoutD.tokens(withoutD.choices("abd").cursor())).containsExactly("a");
    assertThat(withoutD.tokens(withoutD.choices("abd", "ac").cursor())).containsExactly("a", "ac");
    assertThatThrownBy(() -> withoutD.choices("abd", "abdd"))
        .isInstanceOf(UnspellableTextException.class)
        .hasMessage("the model's vocabulary cannot write 'abdd'");
  }

  @Test
  void tokensOfEqualBytesAreAllAllowed() {
    Vocab vocab = new Vocab("a", "b", "a", "");
    assertThat(vocab.choices("a", "a").cursor().allowed()).containsExactly(0, 2);
  }

  @Test
  void noChoiceAndAnEmptyOneAreRefused() {
    Vocab vocab = new Vocab("a");
    assertThatThrownBy(vocab::choices).hasMessage("there must be a choice");
    assertThatThrownBy(() -> vocab.choices("a", "")).hasMessage("a choice must not be empty");
  }

  @Test
  void aThousandChoicesShareTheirBeginnings() {
    Vocab vocab =
        new Vocab(IntStream.range(0, 100).mapToObj(Integer::toString).toArray(String[]::new));
    AnswerChoices choices =
        vocab.choices(IntStream.range(0, 1000).mapToObj("%03d"::formatted).toArray(String[]::new));
    assertThat(choices.cursor().allowed()).as("0 to 9 and 10 to 99").hasSize(100);
    assertThat(after(choices, vocab, "4").allowed()).hasSize(100);
    assertThat(after(choices, vocab, "42").allowed()).hasSize(10);
    assertThat(after(choices, vocab, "42", "7").finished()).isTrue();
  }

  @Test
  void veryLongChoicesAreFollowedToTheirEnd() {
    Vocab vocab = new Vocab("x", "x".repeat(30_000), "y");
    AnswerChoices choices = vocab.choices("x".repeat(60_000), "x".repeat(59_999) + "y");
    AnswerChoices.Cursor cursor = choices.cursor();
    byte[] half = "x".repeat(30_000).getBytes(StandardCharsets.UTF_8);
    assertThat(cursor.allowed()).containsExactly(0, 1);
    cursor.advance(1, half);
    assertThat(cursor.allowed()).containsExactly(0, 1);
    for (int i = 0; i < 29_999; i++) {
      cursor.advance(0, new byte[] {'x'});
    }
    assertThat(cursor.allowed()).containsExactly(0, 2);
  }

  /** Against the definition: a token is allowed if some tokens after it complete a choice. */
  @Test
  void isWhatItsDefinitionSays() {
    Random random = new Random(7);
    for (int round = 0; round < 300; round++) {
      Vocab vocab = new Vocab(words(random, 8, 3));
      List<String> texts = new ArrayList<>(List.of(words(random, 5, 6)));
      texts.removeIf(text -> !vocab.spells(text));
      if (texts.isEmpty()) {
        continue;
      }
      AnswerChoices choices = vocab.choices(texts.toArray(new String[0]));
      for (String text : texts) {
        AnswerChoices.Cursor cursor = choices.cursor();
        String answer = "";
        while (!cursor.finished()) {
          int[] allowed = cursor.allowed();
          assertThat(allowed)
              .as(vocab + " " + texts + " after " + answer)
              .containsExactly(vocab.allowed(texts, answer));
          int id = allowed[random.nextInt(allowed.length)];
          if (id == END) {
            break;
          }
          answer += vocab.words[id];
          cursor.advance(id, vocab.words[id].getBytes(StandardCharsets.UTF_8));
        }
        assertThat(texts).contains(answer).contains(text);
      }
    }
  }

  @Test
  void controlTokensAreNoText() {
    try (Tokenizer tokenizer = Tokenizer.open(OracleFiles.path("tiny-tokenizer.json"))) {
      AnswerChoices choices = tokenizer.choices(List.of("<|soi|>", "dog"), 0);
      int control = tokenizer.encode("<|soi|>")[0];
      assertThat(tokenizer.decode(control)).isEqualTo("<|soi|>");
      assertThat(IntStream.of(choices.cursor().allowed()).boxed())
          .isNotEmpty()
          .doesNotContain(control, 0)
          .map(id -> tokenizer.decode(id))
          .allMatch(text -> "<|soi|>".startsWith(text) || "dog".startsWith(text));
    }
  }

  private static String[] words(Random random, int most, int longest) {
    TreeSet<String> words = new TreeSet<>();
    int count = 1 + random.nextInt(most);
    for (int i = 0; i < count; i++) {
      StringBuilder word = new StringBuilder();
      int length = 1 + random.nextInt(longest);
      for (int j = 0; j < length; j++) {
        word.append((char) ('a' + random.nextInt(2)));
      }
      words.add(word.toString());
    }
    return words.toArray(new String[0]);
  }

  private static AnswerChoices.Cursor after(AnswerChoices choices, Vocab vocab, String... tokens) {
    AnswerChoices.Cursor cursor = choices.cursor();
    for (String token : tokens) {
      cursor.advance(vocab.id(token), token.getBytes(StandardCharsets.UTF_8));
    }
    return cursor;
  }

  /** Tokens whose ids are their places. */
  private static final class Vocab {
    final String[] words;
    final TokenIndex index;

    Vocab(String... words) {
      this.words = words;
      List<Token> tokens = new ArrayList<>();
      for (int id = 0; id < words.length; id++) {
        tokens.add(new Token(id, words[id].getBytes(StandardCharsets.UTF_8)));
      }
      this.index = TokenIndex.of(tokens);
    }

    AnswerChoices choices(String... texts) {
      return new AnswerChoices(index, List.of(texts), END);
    }

    int id(String word) {
      return List.of(words).indexOf(word);
    }

    List<String> tokens(AnswerChoices.Cursor cursor) {
      return IntStream.of(cursor.allowed()).mapToObj(id -> words[id]).sorted().toList();
    }

    boolean spells(String rest) {
      return rest.isEmpty()
          || List.of(words).stream()
              .anyMatch(word -> rest.startsWith(word) && spells(rest.substring(word.length())));
    }

    int[] allowed(List<String> texts, String answer) {
      IntStream going =
          IntStream.range(0, words.length)
              .filter(
                  id ->
                      texts.stream()
                          .anyMatch(
                              text ->
                                  text.startsWith(answer + words[id])
                                      && spells(
                                          text.substring(answer.length() + words[id].length()))));
      return IntStream.concat(going, texts.contains(answer) ? IntStream.of(END) : IntStream.empty())
          .toArray();
    }

    @Override
    public String toString() {
      return List.of(words).toString();
    }
  }
}
