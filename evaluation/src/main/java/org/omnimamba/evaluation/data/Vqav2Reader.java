package org.omnimamba.evaluation.data;

import static org.omnimamba.evaluation.data.JsonEntries.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * VQAv2: {@code v2_OpenEnded_mscoco_<split>_questions.json}, {@code
 * v2_mscoco_<split>_annotations.json} with ten answers a question, and COCO's pictures. Without
 * annotations, as for the test splits, the questions have no answers: only the challenge's server
 * can score them. The category is the answer's type.
 */
public final class Vqav2Reader implements QuestionReader {
  private static final Pattern QUESTIONS =
      Pattern.compile("v2_OpenEnded_mscoco_(.+)_questions\\.json");

  /** COCO's pictures bear the name of their split and a number of twelve digits. */
  private static final int DIGITS = 12;

  /** The answers to one question. */
  private record Annotation(String type, List<String> answers) {}

  @Override
  public QuestionSet read(DataOptions options) throws IOException {
    Path questions = questions(options);
    String split = split(questions);
    String pictures = split.startsWith("test") ? "test2015" : split;
    QuestionCollector found =
        new QuestionCollector(
            PictureFolder.of(options.data(), options.images(), pictures, "images"));
    Map<String, Annotation> annotations = annotations(options.data(), split);
    if (annotations == null) {
      found.note("split %s has no annotations: its answers are for the server".formatted(split));
    }
    JsonEntries.elements(
        questions,
        "questions",
        (where, number, entry) -> {
          String id = text(entry, "question_id");
          String image = text(entry, "image_id");
          Annotation annotation = annotations == null ? null : annotations.get(id);
          if (id.isEmpty() || !image.matches("\\d{1,12}")) {
            found.fault(Fault.Kind.MALFORMED_ENTRY, where, "it has no question_id or no image_id");
          } else if (annotations != null && annotation == null) {
            found.fault(
                Fault.Kind.MALFORMED_ENTRY, where, "question %s has no answers".formatted(id));
          } else {
            String question = text(entry, "question");
            found.add(
                where,
                new QuestionCollector.Draft(
                    id,
                    annotation == null ? "" : annotation.type(),
                    question.isBlank() ? "" : question + SHORT_ANSWER,
                    annotation == null ? List.of() : annotation.answers()),
                file(pictures, image, ".jpg"),
                file(pictures, image, ".png"));
          }
        });
    found.fileRead();
    return found.done();
  }

  private static String file(String pictures, String image, String ending) {
    return "COCO_%s_%s%s%s".formatted(pictures, "0".repeat(DIGITS - image.length()), image, ending);
  }

  private static Path questions(DataOptions options) throws IOException {
    List<Path> files =
        Finding.files(options.data(), 3, QUESTIONS).stream()
            .filter(file -> options.split() == null || split(file).equals(options.split()))
            .toList();
    if (files.isEmpty()) {
      throw new UnusableDataException(
          "there is no v2_OpenEnded_mscoco_%s_questions.json in %s"
              .formatted(options.split() == null ? "<split>" : options.split(), options.data()));
    }
    if (files.size() > 1) {
      throw new UnusableDataException(
          "several splits; name one of " + files.stream().map(Vqav2Reader::split).toList());
    }
    return files.get(0);
  }

  private static String split(Path questions) {
    Matcher matcher = QUESTIONS.matcher(String.valueOf(questions.getFileName()));
    return matcher.matches() ? matcher.group(1) : "";
  }

  /** The answers by question; null if the split has none. */
  private static @Nullable Map<String, Annotation> annotations(Path data, String split)
      throws IOException {
    String name = "v2_mscoco_%s_annotations.json".formatted(split);
    List<Path> files = Finding.files(data, 3, Pattern.compile(Pattern.quote(name)));
    if (files.isEmpty()) {
      return null;
    }
    Map<String, Annotation> annotations = new HashMap<>();
    JsonEntries.elements(
        files.get(0),
        "annotations",
        (where, number, entry) -> {
          List<String> answers = new ArrayList<>();
          for (JsonNode answer : entry.path("answers")) {
            answers.add(text(answer, "answer"));
          }
          if (!answers.isEmpty()) {
            annotations.putIfAbsent(
                text(entry, "question_id"), new Annotation(text(entry, "answer_type"), answers));
          }
        });
    return annotations;
  }
}
