package org.omnimamba.training.scenes.judge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.training.scenes.Scene;
import org.omnimamba.training.scenes.Scene.Kind;
import org.omnimamba.training.scenes.SceneComposer;
import org.omnimamba.training.scenes.ScenePlanner;
import org.omnimamba.training.scenes.judge.SceneJudge.Verdict;
import org.omnimamba.training.scenes.judge.Subject.Commission;
import org.omnimamba.training.scenes.judge.Subject.Inquiry;
import org.omnimamba.training.scenes.sprites.NamedColour;
import org.omnimamba.training.scenes.sprites.Sprite;
import org.omnimamba.training.scenes.sprites.SpriteSet;
import org.omnimamba.training.scenes.text.SceneCaptions;
import org.omnimamba.training.scenes.text.SceneQuestions;
import org.omnimamba.training.scenes.text.SceneQuestions.Asked;
import org.omnimamba.training.scenes.text.SceneQuestions.Topic;

/**
 * Measures how well a subject draws and answers. Scenes are new ones, by a seed that no training
 * uses; only sprites that are one connected thing are drawn, since objects are counted by pixels.
 */
public final class SceneEvaluation {
  private static final int PICTURES_OF_A_PROMPT = 4;
  private static final int ATTEMPTS = 4000;

  /** Mean difference of a channel from which on two pictures are not the same. */
  private static final double DIFFERENT = 0.5;

  private final Sprites sprites;
  private final SceneJudge judge;
  private final Subject subject;
  private final int count;
  private final long seed;
  private final SceneComposer composer = new SceneComposer(128);
  private final List<SceneMeasure> measures = new ArrayList<>();

  /**
   * What is shown.
   *
   * @param seen pairs of concept and style that training saw
   * @param heldOut pairs that it did not see
   * @param unseen a style that it did not see
   */
  public record Sprites(SpriteSet seen, SpriteSet heldOut, SpriteSet unseen) {
    /** All of them, which the judge knows. */
    public SpriteSet all() {
      List<Sprite> all = new ArrayList<>(seen.all());
      all.addAll(heldOut.all());
      all.addAll(unseen.all());
      return new SpriteSet(all);
    }
  }

  /**
   * @param count scenes of each measure
   * @param seed of scenes, words and drawings
   */
  public SceneEvaluation(Sprites sprites, SceneJudge judge, Subject subject, int count, long seed) {
    this.sprites = sprites;
    this.judge = judge;
    this.subject = subject;
    this.count = count;
    this.seed = seed;
  }

  /**
   * Measures everything.
   *
   * @param progress told each measure when it is there
   */
  public List<SceneMeasure> run(Consumer<SceneMeasure> progress) {
    answering(progress);
    drawing(progress);
    return List.copyOf(measures);
  }

  private void answering(Consumer<SceneMeasure> progress) {
    names("exact name, seen pairs", sprites.seen(), 95, progress);
    names("exact name, held-out pairs", sprites.heldOut(), 65, progress);
    names("exact name, unseen style", sprites.unseen(), 45, progress);
    answers("count answered", Topic.COUNT, Kind.COUNT, 90, progress);
    answers("colour of an object answered", Topic.COLOUR, Kind.SINGLE, 90, progress);
    answers("colour of the ground answered", Topic.GROUND, Kind.SINGLE, 95, progress);
    answers("place answered", Topic.PLACE, Kind.PAIR, 70, progress);
    existence(progress);
  }

  private void drawing(Consumer<SceneMeasure> progress) {
    SpriteSet seen = sprites.seen();
    Predicate<Scene> any = scene -> true;
    BiPredicate<Scene, String> styled =
        (scene, caption) -> scene.style() != null && caption.contains(scene.style());
    draws(
        "single object drawn, seen pairs",
        commissions(seen, Kind.SINGLE, any, styled, 11),
        Verdict::named,
        95,
        progress);
    draws(
        "single object drawn, held-out pairs",
        commissions(sprites.heldOut(), Kind.SINGLE, any, styled, 12),
        Verdict::named,
        75,
        progress);
    draws(
        "two objects, right and placed right",
        commissions(
            seen,
            Kind.PAIR,
            any,
            (scene, caption) ->
                caption.matches("(?s).*(left|right|above|over|top|below|under|beneath).*"),
            13),
        verdict -> verdict.named() && verdict.placed(),
        70,
        progress);
    draws(
        "count drawn",
        commissions(seen, Kind.COUNT, any, (scene, caption) -> true, 14),
        Verdict::count,
        85,
        progress);
    draws(
        "colour of the object drawn",
        commissions(
            seen, Kind.SINGLE, scene -> scene.first().painted(), (scene, caption) -> true, 15),
        Verdict::coloured,
        75,
        progress);
    draws(
        "colour of the ground drawn",
        commissions(
            seen,
            Kind.SINGLE,
            scene -> scene.ground().colour() != NamedColour.WHITE,
            (scene, caption) -> caption.contains(word(scene.ground().colour())),
            16),
        Verdict::ground,
        95,
        progress);
    variety(progress);
  }

  private static String word(@org.jspecify.annotations.Nullable NamedColour colour) {
    return colour == null ? "" : colour.word();
  }

  private RandomGenerator random(int measure) {
    return new SplittableRandom(~(seed * 1000 + measure)).split();
  }

  private void names(String name, SpriteSet from, double aim, Consumer<SceneMeasure> progress) {
    ScenePlanner planner = new ScenePlanner(from, 0);
    RandomGenerator random = random(measures.size());
    List<Inquiry> inquiries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Scene scene = planner.plan(Kind.SINGLE, random);
      inquiries.add(
          new Inquiry(
              picture(scene), new Asked(Topic.WHAT, "what is this?", scene.first().name())));
    }
    add(new SceneMeasure(name, exact(inquiries), count, aim, null, null), progress);
  }

  private void answers(
      String name, Topic topic, Kind kind, double aim, Consumer<SceneMeasure> progress) {
    ScenePlanner planner = new ScenePlanner(sprites.seen(), 0);
    SceneQuestions questions = new SceneQuestions(sprites.seen());
    RandomGenerator random = random(measures.size());
    List<Inquiry> inquiries = new ArrayList<>();
    while (inquiries.size() < count) {
      // counts of one too
      Kind shown = topic == Topic.COUNT && random.nextInt(4) == 0 ? Kind.SINGLE : kind;
      Scene scene = planner.plan(shown, random);
      Asked asked = questions.question(topic, scene, random);
      if (asked != null) {
        inquiries.add(new Inquiry(picture(scene), asked));
      }
    }
    add(new SceneMeasure(name, exact(inquiries), count, aim, null, null), progress);
  }

  /** In the manner of POPE: the harmonic mean of precision and recall of "yes". */
  private void existence(Consumer<SceneMeasure> progress) {
    ScenePlanner planner = new ScenePlanner(sprites.seen(), 0);
    SceneQuestions questions = new SceneQuestions(sprites.seen());
    RandomGenerator random = random(measures.size());
    List<Inquiry> inquiries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Scene scene = planner.plan(random);
      inquiries.add(new Inquiry(picture(scene), questions.exists(scene, i % 2 == 0, random)));
    }
    List<String> answers = subject.answer(inquiries);
    int right = 0;
    int said = 0;
    int there = 0;
    for (int i = 0; i < count; i++) {
      boolean yes = plain(answers.get(i)).equals("yes");
      boolean is = inquiries.get(i).asked().answer().equals("yes");
      right += yes && is ? 1 : 0;
      said += yes ? 1 : 0;
      there += is ? 1 : 0;
    }
    int f1 = said + there == 0 ? 0 : Math.round(200f * right / (said + there));
    add(new SceneMeasure("yes-no existence, F1 in percent", f1, 100, 92, null, null), progress);
  }

  private int exact(List<Inquiry> inquiries) {
    List<String> answers = subject.answer(inquiries);
    int hits = 0;
    for (int i = 0; i < inquiries.size(); i++) {
      hits += plain(answers.get(i)).equals(plain(inquiries.get(i).asked().answer())) ? 1 : 0;
    }
    return hits;
  }

  private static String plain(String text) {
    return text.strip().toLowerCase(Locale.ROOT).replaceFirst("^(a|an|the) ", "").replace(".", "");
  }

  private RgbImage picture(Scene scene) {
    return new RgbImage(composer.size(), composer.size(), composer.compose(scene));
  }

  private List<Commission> commissions(
      SpriteSet from,
      Kind kind,
      Predicate<Scene> wanted,
      BiPredicate<Scene, String> worded,
      int measure) {
    ScenePlanner planner = new ScenePlanner(from, 0);
    RandomGenerator random = random(measure);
    List<Commission> commissions = new ArrayList<>();
    for (int attempt = 0; commissions.size() < count && attempt < ATTEMPTS + count; attempt++) {
      Scene scene = planner.plan(kind, random);
      String caption = SceneCaptions.caption(scene, random);
      if (wanted.test(scene)
          && worded.test(scene, caption.toLowerCase(Locale.ROOT))
          && scene.objects().stream()
              .allMatch(object -> SceneJudge.isWhole(object.sprite(), seed))) {
        commissions.add(new Commission(caption, scene));
      }
    }
    return commissions;
  }

  private void draws(
      String name,
      List<Commission> commissions,
      Predicate<Verdict> right,
      double aim,
      Consumer<SceneMeasure> progress) {
    List<RgbImage> drawn = subject.draw(commissions, seed);
    List<RgbImage> real = commissions.stream().map(each -> picture(each.truth())).toList();
    List<RgbImage> others = new ArrayList<>(real.subList(Math.min(1, real.size()), real.size()));
    others.addAll(real.subList(0, Math.min(1, real.size())));
    int total = commissions.size();
    add(
        new SceneMeasure(
            name,
            hits(drawn, commissions, right),
            total,
            aim,
            100.0 * hits(real, commissions, right) / Math.max(1, total),
            100.0 * hits(others, commissions, right) / Math.max(1, total)),
        progress);
  }

  private int hits(
      List<RgbImage> pictures, List<Commission> commissions, Predicate<Verdict> right) {
    int hits = 0;
    for (int i = 0; i < pictures.size(); i++) {
      hits += right.test(judge.judge(pictures.get(i), commissions.get(i).truth())) ? 1 : 0;
    }
    return hits;
  }

  private void variety(Consumer<SceneMeasure> progress) {
    List<Commission> prompts =
        commissions(
            sprites.seen(),
            Kind.SINGLE,
            scene -> scene.ground().colour() == NamedColour.WHITE,
            (scene, caption) -> scene.style() != null && !caption.contains(scene.style()),
            17);
    List<List<RgbImage>> rounds = new ArrayList<>();
    for (int i = 0; i < PICTURES_OF_A_PROMPT; i++) {
      rounds.add(subject.draw(prompts, seed + 7919L * (i + 1)));
    }
    int hits = 0;
    for (int i = 0; i < prompts.size(); i++) {
      int prompt = i;
      List<RgbImage> pictures = rounds.stream().map(round -> round.get(prompt)).toList();
      boolean right =
          pictures.stream()
              .allMatch(each -> judge.judge(each, prompts.get(prompt).truth()).named());
      hits += right && areDifferent(pictures) ? 1 : 0;
    }
    add(
        new SceneMeasure(
            "four pictures of one prompt, all different and all right",
            hits,
            prompts.size(),
            90,
            null,
            null),
        progress);
  }

  private static boolean areDifferent(List<RgbImage> pictures) {
    for (int i = 0; i < pictures.size(); i++) {
      for (int k = 0; k < i; k++) {
        byte[] a = pictures.get(i).rgb();
        byte[] b = pictures.get(k).rgb();
        long sum = 0;
        for (int at = 0; at < a.length; at++) {
          sum += Math.abs((a[at] & 255) - (b[at] & 255));
        }
        if (Arrays.equals(a, b) || sum < DIFFERENT * a.length) {
          return false;
        }
      }
    }
    return true;
  }

  private void add(SceneMeasure measure, Consumer<SceneMeasure> progress) {
    measures.add(measure);
    progress.accept(measure);
  }
}
