package org.omnimamba.evaluation.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.omnimamba.evaluation.MadeUp;
import org.omnimamba.evaluation.data.Fault;
import org.omnimamba.evaluation.data.Picture;
import org.omnimamba.evaluation.data.Question;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.TextGenerator;
import org.omnimamba.model.TokenListener;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.image.ImageDecoder;
import org.omnimamba.model.image.ImageLimits;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.testing.TinyModel;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Truncation;

/** Many questions at once have the answers that each has alone. */
class ModelAnswererTest {
  private static final int MAX_TOKENS = 6;

  @TempDir Path folder;

  @Test
  void answersAreThoseOfOneQuestionAtATime() throws Exception {
    List<Question> questions = new ArrayList<>();
    for (int i = 0; i < 11; i++) {
      String name = "picture" + i / 2 + ".png";
      questions.add(
          new Question(
              "q" + i,
              "",
              new Picture(name, MadeUp.picture(folder.resolve(name))),
              "what is it " + "again ".repeat(i) + "?",
              List.of("yes")));
    }
    Path damaged = Files.writeString(folder.resolve("damaged.png"), "no picture");
    questions.add(
        5, new Question("bad", "", new Picture("damaged.png", damaged), "what?", List.of("a")));
    questions.add(
        7,
        new Question("long", "", questions.get(0).picture(), "what? ".repeat(5000), List.of("a")));
    RuntimeOptions options = RuntimeOptions.cpu().withSlots(4);
    options = options.withExecution(options.execution().withCompile(false));

    Map<String, String> answers = new HashMap<>();
    Map<String, Fault.Kind> faults = new HashMap<>();
    try (Answerer answerer =
        new ModelAnswerer(OmniMamba.load(TinyModel.directory(), options), MAX_TOKENS)) {
      answerer.answer(
          questions,
          new Answerer.Answers() {
            @Override
            public void answered(Question question, String answer) {
              answers.put(question.id(), answer);
            }

            @Override
            public void unusable(Question question, Fault.Kind kind, String reason) {
              faults.put(question.id(), kind);
            }
          });
    }
    assertThat(faults)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("bad", Fault.Kind.UNREADABLE_PICTURE, "long", Fault.Kind.REFUSED));
    assertThat(answers).hasSize(11);
    try (OmniMamba model = OmniMamba.load(TinyModel.directory(), options.withSlots(1))) {
      for (Question question : questions) {
        if (answers.containsKey(question.id())) {
          assertThat(answers.get(question.id()))
              .as(question.id())
              .isEqualTo(alone(model, question));
        }
      }
    }
  }

  private static String alone(OmniMamba model, Question question) throws Exception {
    return new TextGenerator(model)
        .generate(
            PromptLayouts.plain(model.config(), model.tokenizer())
                .question(question.text(), Truncation.DISABLED, MAX_TOKENS),
            new ImageDecoder(ImageLimits.DEFAULT).decode(question.picture().bytes()),
            GenerationOptions.of(SamplingParameters.greedy()).withMaxNewTokens(MAX_TOKENS),
            TokenListener.NONE)
        .text()
        .strip();
  }
}
