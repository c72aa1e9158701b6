package org.omnimamba.evaluation.data;

import static org.omnimamba.evaluation.data.JsonEntries.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * GQA: {@code testdev_balanced_questions.json}, one JSON object of questions by their ids, and a
 * folder of pictures {@code <imageId>.jpg}. The category is the question's structural type.
 */
public final class GqaReader implements QuestionReader {
  private static final String USUAL_SPLIT = "testdev_balanced";

  @Override
  public QuestionSet read(DataOptions options) throws IOException {
    String split = options.split() == null ? USUAL_SPLIT : options.split();
    String name = split + "_questions.json";
    List<Path> files = Finding.files(options.data(), 3, Pattern.compile(Pattern.quote(name)));
    if (files.size() != 1) {
      throw new UnusableDataException(
          files.isEmpty()
              ? "there is no %s in %s".formatted(name, options.data())
              : "several files of one split: " + files);
    }
    QuestionCollector found =
        new QuestionCollector(PictureFolder.of(options.data(), options.images(), "images"));
    JsonEntries.members(
        files.get(0),
        (where, id, entry) -> {
          String answer = text(entry, "answer");
          String picture = text(entry, "imageId");
          String question = text(entry, "question");
          if (answer.isBlank() || picture.isBlank()) {
            found.fault(
                Fault.Kind.MALFORMED_ENTRY,
                where,
                "it has no " + (answer.isBlank() ? "answer" : "imageId"));
            return;
          }
          found.add(
              where,
              new QuestionCollector.Draft(
                  id,
                  text(entry.path("types"), "structural"),
                  question.isBlank() ? "" : question + SHORT_ANSWER,
                  List.of(answer)),
              picture + ".jpg",
              picture + ".png");
        });
    found.fileRead();
    return found.done();
  }
}
