package org.omnimamba.model.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.omnimamba.model.config.ModelConfig;
import org.omnimamba.model.config.ModelPresets;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.Repository;
import org.omnimamba.model.testing.TinyModel;
import tools.jackson.databind.JsonNode;

class PromptLayoutsTest {
  private static final ModelConfig CONFIG = TinyModel.config();
  private static Tokenizer tokenizer;
  private static PromptLayouts layouts;

  @BeforeAll
  static void open() {
    tokenizer = Tokenizer.open(OracleFiles.path("tiny-tokenizer.json"));
    layouts = new PromptLayouts(CONFIG, tokenizer);
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @Test
  void behaviour13CaptionsArePaddedOnTheLeftAndCutAfter68Ids() {
    Golden golden = Golden.of("generate-tiny");
    for (JsonNode run : golden.json().path("t2i")) {
      String tag = run.path("tag").stringValue();
      int[] expected = golden.ints(tag + "/input_ids");
      for (int row = 0; row < run.path("captions").size(); row++) {
        int tokens = run.path("caption_token_counts").get(row).intValue();
        Prompt prompt = layouts.t2i(run.path("captions").get(row).stringValue(), Truncation.AUTO);
        assertThat(prompt.task()).isEqualTo(Task.T2I);
        assertThat(prompt.length()).isEqualTo(72);
        assertThat(prompt.ids())
            .as("%s row %d", tag, row)
            .containsExactly(Arrays.copyOfRange(expected, row * 72, (row + 1) * 72));
        assertThat(prompt.truncated())
            .isEqualTo(tokens > 68 ? new Prompt.Truncated(tokens, 68) : null);
      }
    }
  }

  /** The real tokenizer's file lies beside this repository, or not at all. */
  @Test
  void behaviours13And15HoldWithTheRealTokenizer() {
    Path file = Repository.root().resolve("../shared/oracle/gpt-neox-20b-tokenizer.json");
    assumeTrue(Files.exists(file), () -> "skipped: there is no " + file);
    JsonNode golden = Golden.json("prompt-layouts");
    try (Tokenizer real = Tokenizer.open(file)) {
      PromptLayouts realLayouts = new PromptLayouts(ModelPresets.omniMamba1_3B(), real);
      for (JsonNode c : golden.path("t2i")) {
        assertThat(realLayouts.t2i(c.path("prompt").stringValue(), Truncation.AUTO).ids())
            .containsExactly(TokenizerCasesTest.ids(c.path("ids")));
      }
      for (JsonNode c : golden.path("mmu")) {
        Prompt prompt = realLayouts.question(c.path("question").stringValue(), Truncation.DISABLED);
        assertThat(prompt.ids())
            .containsExactly(TokenizerCasesTest.ids(c.path("ids_without_image")));
        assertThat(prompt.imagePlaces()).isEqualTo(c.path("image_tokens").intValue());
      }
    }
  }

  @Test
  void aLongCaptionIsRefusedWithBothCounts() {
    String caption =
        Golden.json("generate-tiny").path("t2i").get(2).path("captions").get(0).stringValue();
    PromptTooLongException refusal =
        catchThrowableOfType(
            PromptTooLongException.class, () -> layouts.t2i(caption, Truncation.DISABLED));
    assertThat(refusal.promptTokens()).isEqualTo(71);
    assertThat(refusal.maxTokens()).isEqualTo(68);
    assertThat(refusal).hasMessageContaining("71").hasMessageContaining("68");
  }

  @Test
  void behaviour15OneQuestionIsFramedAsInTheReference() {
    for (JsonNode run : Golden.json("full-mmu-tiny").path("runs")) {
      Prompt prompt = layouts.question(run.path("question").stringValue(), Truncation.DISABLED);
      assertThat(prompt.ids())
          .containsExactly(TokenizerCasesTest.ids(run.path("input_ids_without_image")));
      assertThat(prompt.length()).isEqualTo(run.path("embeddings_len").intValue());
      assertThat(prompt.imagePlaces()).isEqualTo(16);
    }
  }

  @Test
  void behaviour15ConversationsFollowTheTrainingTemplate() {
    List<Turn> turns =
        List.of(Turn.user("Is it red?"), Turn.assistant("yes"), Turn.user("  two  "));
    Prompt prompt = layouts.conversation(turns, Truncation.DISABLED);
    assertThat(tokenizer.decode(prompt.ids()))
        .isEqualTo(
            "<|mmu|><|soi|><|eoi|><|sot|>In: Is it red?\n"
                + "Out: yes<|endoftext|>\n"
                + "In:   two  \n"
                + "Out: ");
    JsonNode cases = Golden.json("tokenizer-cases").path("tiny").path("cases");
    int[] ids = prompt.ids();
    int[] human = idsOf(cases, "In: Is it red?\nOut: ");
    int[] answer = idsOf(cases, "yes<|endoftext|>");
    assertThat(Arrays.copyOfRange(ids, 4, 4 + human.length)).containsExactly(human);
    assertThat(Arrays.copyOfRange(ids, 4 + human.length, 4 + human.length + answer.length))
        .containsExactly(answer);
    assertThat(layouts.conversation(turns.subList(0, 1), Truncation.DISABLED).ids())
        .containsExactly(layouts.question("Is it red?", Truncation.DISABLED).ids());
  }

  /** The ids are the first 39 of {@code mmu_finetune/input_ids} in train-tiny.safetensors. */
  @Test
  void behaviour16AConversationReadsAsTheTrainingRowsUpToItsOpenAnswer() {
    int[] trained = {
      42, 79, 27, 97, 177, 117, 103, 85, 32, 96, 48, 86, 85, 27, 97, 34, 97, 113, 86, 84, 70, 15, 0,
      96, 42, 79, 27, 156, 84, 103, 85, 178, 32, 96, 48, 86, 85, 27, 97
    };
    int[] ids =
        layouts
            .conversation(
                List.of(
                    Turn.user("What is it?"), Turn.assistant("A house."), Turn.user("Is it red?")),
                Truncation.DISABLED)
            .ids();
    assertThat(Arrays.copyOfRange(ids, 4, ids.length))
        .as("no padding follows: rows are padded on the right in training only")
        .containsExactly(trained);
  }

  @Test
  void behaviour5TheTokenizerWithItsTenTokensFitsThePaddedVocabulary() {
    assertThat(tokenizer.size()).isEqualTo(193 + 10);
    assertThat(CONFIG.language().textVocabSize()).isEqualTo(208).isGreaterThan(tokenizer.size());
    assertThat(ModelPresets.omniMamba1_3B().language().textVocabSize()).isEqualTo(50288);
  }

  @Test
  void behaviour14PaddingIsAnOrdinaryTokenInUserTextToo() {
    int[] ids = layouts.t2i("[PAD]<|eot|>", Truncation.DISABLED).ids();
    assertThat(ids)
        .endsWith(
            CONFIG.specialTokens().pad(),
            CONFIG.specialTokens().eot(),
            CONFIG.specialTokens().eot(),
            CONFIG.specialTokens().soi());
  }

  @Test
  void turnsMustAlternateFromUserToUser() {
    assertThatThrownBy(
            () -> layouts.conversation(List.of(Turn.assistant("hi")), Truncation.DISABLED))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                layouts.conversation(
                    List.of(Turn.user("a"), Turn.assistant("b")), Truncation.DISABLED))
        .hasMessageContaining("user's turn");
    assertThatThrownBy(() -> layouts.conversation(List.of(), Truncation.DISABLED))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void behaviour12APromptOverThePositionTableIsRefusedWithBothCounts() {
    String question = "x ".repeat(2000);
    int tokens = 16 + 4 + tokenizer.encode("USER: " + question + " ASSISTANT:").length;
    PromptTooLongException refusal =
        catchThrowableOfType(
            PromptTooLongException.class, () -> layouts.question(question, Truncation.DISABLED));
    assertThat(refusal.promptTokens()).isEqualTo(tokens);
    assertThat(refusal.maxTokens()).isEqualTo(1500);
  }

  @Test
  void aCutQuestionKeepsItsHeadAndTheClosingWords() {
    String question = "What? " + "x ".repeat(2000);
    Prompt full = layouts.question(question, Truncation.AUTO);
    assertThat(full.length()).isEqualTo(1500);
    Prompt cut = layouts.question(question, Truncation.AUTO, 101);
    assertThat(cut.length()).isEqualTo(1400);
    assertThat(cut.truncated()).isNotNull();
    assertThat(cut.truncated().keptTokens()).isEqualTo(1400);
    assertThat(tokenizer.decode(cut.ids()))
        .startsWith("<|mmu|><|soi|><|eoi|><|sot|>USER: What? x")
        .endsWith(" ASSISTANT:");
  }

  @Test
  void aCutConversationLosesItsOldestTurnsFirst() {
    List<Turn> turns =
        List.of(
            Turn.user("old " + "x ".repeat(1000)),
            Turn.assistant("y ".repeat(400)),
            Turn.user("new?"),
            Turn.assistant("sure"),
            Turn.user("last"));
    assertThatThrownBy(() -> layouts.conversation(turns, Truncation.DISABLED))
        .isInstanceOf(PromptTooLongException.class);
    Prompt cut = layouts.conversation(turns, Truncation.AUTO);
    assertThat(tokenizer.decode(cut.ids()))
        .isEqualTo("<|mmu|><|soi|><|eoi|><|sot|>In: new?\nOut: sure<|endoftext|>\nIn: last\nOut: ");
    assertThat(cut.truncated()).isNotNull();
    assertThat(cut.truncated().keptTokens()).isEqualTo(cut.length());

    List<Turn> longLast =
        List.of(Turn.user("old"), Turn.assistant("y"), Turn.user("last " + "x ".repeat(2000)));
    Prompt head = layouts.conversation(longLast, Truncation.AUTO, 51);
    assertThat(head.length()).isEqualTo(1450);
    assertThat(tokenizer.decode(head.ids())).contains("In: last x").endsWith("\nOut: ");
  }

  private static int[] idsOf(JsonNode cases, String text) {
    for (JsonNode c : cases) {
      if (c.path("text").stringValue().equals(text)) {
        return TokenizerCasesTest.ids(c.path("ids"));
      }
    }
    throw new AssertionError("no case " + text);
  }
}
