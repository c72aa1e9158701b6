package org.omnimamba.training.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.SlotBatch;
import org.omnimamba.model.config.Task;
import org.omnimamba.model.generation.GenerationOptions;
import org.omnimamba.model.generation.Sequence;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.model.text.PromptLayouts;
import org.omnimamba.model.text.Truncation;

/** Has a model draw captions. */
final class PictureDrawing {
  private final OmniMamba model;
  private final PromptLayouts layouts;
  private final SamplingParameters sampling;

  PictureDrawing(OmniMamba model, EvaluationOptions options) {
    this.model = model;
    this.layouts = new PromptLayouts(model.config(), model.tokenizer());
    this.sampling = options.drawing();
  }

  /** The drawn pictures, in the captions' order. A caption that is too long is cut. */
  List<RgbImage> draw(List<String> captions) {
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < captions.size(); i++) {
      sequences.add(
          new Sequence(
              model.config(),
              model.tokenizer(),
              layouts.t2i(captions.get(i), Truncation.AUTO),
              GenerationOptions.of(sampling.withSeed(sampling.seed() + i))));
    }
    new SlotBatch(model, Task.T2I).run(sequences.stream().map(this::request).iterator());
    return model.images().decode(sequences.stream().map(Sequence::tokens).toList());
  }

  private SlotBatch.Request request(Sequence sequence) {
    return new SlotBatch.Request(sequence, model.language().embedT2i(sequence.prompt().ids()));
  }
}
