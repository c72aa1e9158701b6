package org.omnimamba.training.evaluation;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.SlotBatch;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.image.ImagePreprocessor;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.text.Prompt;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Truncation;

/** Asks a model what pictures show. */
final class PictureNaming {
  private final OmniMamba model;
  private final ImagePreprocessor preprocessor;
  private final Prompt question;
  private final GenerationOptions generation;

  PictureNaming(OmniMamba model, EvaluationOptions options) {
    this.model = model;
    this.preprocessor = new ImagePreprocessor(model.config().vision());
    this.question =
        new PromptLayouts(model.config(), model.tokenizer())
            .question(options.question(), Truncation.DISABLED, options.maxAnswerTokens());
    this.generation =
        GenerationOptions.of(SamplingParameters.greedy())
            .withMaxNewTokens(options.maxAnswerTokens());
  }

  /** The greedy answers, in the pictures' order. */
  List<String> answers(List<LabelledPicture> pictures) {
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      sequences.add(new Sequence(model.config(), model.tokenizer(), question, generation));
    }
    Iterator<SlotBatch.Request> requests =
        IntStream.range(0, pictures.size())
            .mapToObj(i -> request(sequences.get(i), pictures.get(i)))
            .iterator();
    new SlotBatch(model, Task.MMU).run(requests);
    return sequences.stream().map(Sequence::text).toList();
  }

  private SlotBatch.Request request(Sequence sequence, LabelledPicture picture) {
    float[] seen = model.vision().encode(preprocessor.prepare(picture.image()));
    return new SlotBatch.Request(sequence, model.language().embedMmu(question.ids(), seen));
  }

  /** How many answers are exactly the name. */
  static Rate exact(List<LabelledPicture> pictures, List<String> answers) {
    int hits = 0;
    for (int i = 0; i < pictures.size(); i++) {
      if (Answers.names(answers.get(i), pictures.get(i).label().name())) {
        hits++;
      }
    }
    return new Rate(hits, pictures.size());
  }
}
