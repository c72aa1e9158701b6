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
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.text.Prompt;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Truncation;

/** Has a model draw captions and answer questions, many at once. For use by its one thread. */
public final class ModelArtist {
  private final OmniMamba model;

  public ModelArtist(OmniMamba model) {
    this.model = model;
  }

  /**
   * Drawn pictures, in the captions' order.
   *
   * @param sampling the seed is changed for each picture
   */
  public List<RgbImage> draw(List<String> captions, SamplingParameters sampling) {
    return new PictureDrawing(model, EvaluationOptions.defaults().withDrawing(sampling))
        .draw(captions);
  }

  /**
   * Greedy answers, in the pictures' order.
   *
   * @param questions one for each picture
   * @param longest tokens after which an answer is cut
   */
  public List<String> answers(List<RgbImage> pictures, List<String> questions, int longest) {
    PromptLayouts layouts = new PromptLayouts(model.config(), model.tokenizer());
    ImagePreprocessor preprocessor = new ImagePreprocessor(model.config().vision());
    GenerationOptions generation =
        GenerationOptions.of(SamplingParameters.greedy()).withMaxNewTokens(longest);
    List<Sequence> sequences = new ArrayList<>();
    for (String question : questions) {
      Prompt prompt = layouts.question(question, Truncation.DISABLED, longest);
      sequences.add(new Sequence(model.config(), model.tokenizer(), prompt, generation));
    }
    Iterator<SlotBatch.Request> requests =
        IntStream.range(0, sequences.size())
            .mapToObj(
                i -> {
                  Sequence sequence = sequences.get(i);
                  float[] seen = model.vision().encode(preprocessor.prepare(pictures.get(i)));
                  return new SlotBatch.Request(
                      sequence, model.language().embedMmu(sequence.prompt().ids(), seen));
                })
            .iterator();
    new SlotBatch(model, Task.MMU).run(requests);
    return sequences.stream().map(Sequence::text).toList();
  }
}
