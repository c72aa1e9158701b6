package org.omnimamba.evaluation.data;

import static org.omnimamba.evaluation.data.JsonEntries.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * POPE: {@code coco_pope_random.json}, {@code coco_pope_popular.json} and {@code
 * coco_pope_adversarial.json}, each of JSON lines {@code {question_id, image, text, label}}, and
 * COCO's pictures of 2014.
 */
public final class PopeReader implements QuestionReader {
  /** In the order of the published table. */
  public static final List<String> CATEGORIES = List.of("random", "popular", "adversarial");

  private static final Pattern FILE =
      Pattern.compile("(?i).*pope_(random|popular|adversarial)\\.jsonl?");

  @Override
  public QuestionSet read(DataOptions options) throws IOException {
    QuestionCollector found =
        new QuestionCollector(
            PictureFolder.of(options.data(), options.images(), "images", "val2014"));
    List<Path> files = Finding.files(options.data(), 3, FILE);
    for (String category : CATEGORIES) {
      List<Path> ofCategory = files.stream().filter(file -> is(category, file)).toList();
      if (ofCategory.size() > 1) {
        throw new UnusableDataException("several files of one category: " + ofCategory);
      }
      if (ofCategory.isEmpty()) {
        found.note("there is no file of category " + category);
      } else {
        Path file = ofCategory.get(0);
        JsonEntries.lines(
            file,
            found,
            (where, line, entry) -> {
              String label = text(entry, "label").strip().toLowerCase(Locale.ROOT);
              if (!label.equals("yes") && !label.equals("no")) {
                found.fault(
                    Fault.Kind.MALFORMED_ENTRY,
                    where,
                    "the label is neither yes nor no: \"%s\"".formatted(label));
                return;
              }
              String id = text(entry, "question_id");
              found.add(
                  where,
                  new QuestionCollector.Draft(
                      category + "/" + (id.isEmpty() ? "line " + line : id),
                      category,
                      text(entry, "text").isBlank() ? "" : text(entry, "text") + SHORT_ANSWER,
                      List.of(label)),
                  text(entry, "image"));
            });
      }
    }
    if (files.isEmpty()) {
      throw new UnusableDataException(
          "there is no POPE file, such as coco_pope_random.json, in " + options.data());
    }
    return found.done();
  }

  private static boolean is(String category, Path file) {
    Matcher matcher = FILE.matcher(String.valueOf(file.getFileName()));
    return matcher.matches() && matcher.group(1).equalsIgnoreCase(category);
  }
}
