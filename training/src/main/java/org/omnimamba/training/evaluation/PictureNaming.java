package org.omnimamba.training.evaluation;

import java.util.Collections;
import java.util.List;
import org.omnimamba.model.OmniMamba;

/** Asks a model what pictures show. */
final class PictureNaming {
  private final ModelArtist artist;
  private final EvaluationOptions options;

  PictureNaming(OmniMamba model, EvaluationOptions options) {
    this.artist = new ModelArtist(model);
    this.options = options;
  }

  /** The greedy answers, in the pictures' order. */
  List<String> answers(List<LabelledPicture> pictures) {
    return artist.answers(
        pictures.stream().map(LabelledPicture::image).toList(),
        Collections.nCopies(pictures.size(), options.question()),
        options.maxAnswerTokens());
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
