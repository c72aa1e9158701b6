package org.omnimamba.training.scenes.judge;

import java.util.List;
import org.omnimamba.model.OmniMamba;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.sampling.SamplingParameters;
import org.omnimamba.training.evaluation.ModelArtist;

/** A model; for use by its one thread. */
public final class ModelSubject implements Subject {
  private static final int LONGEST_ANSWER = 40;

  private final ModelArtist artist;
  private final SamplingParameters sampling;

  /**
   * @param sampling how image tokens are drawn, but for the seed
   */
  public ModelSubject(OmniMamba model, SamplingParameters sampling) {
    this.artist = new ModelArtist(model);
    this.sampling = sampling;
  }

  @Override
  public List<RgbImage> draw(List<Commission> commissions, long seed) {
    return artist.draw(
        commissions.stream().map(Commission::caption).toList(), sampling.withSeed(seed * 100_003));
  }

  @Override
  public List<String> answer(List<Inquiry> inquiries) {
    return artist.answers(
        inquiries.stream().map(Inquiry::picture).toList(),
        inquiries.stream().map(each -> each.asked().question()).toList(),
        LONGEST_ANSWER);
  }
}
