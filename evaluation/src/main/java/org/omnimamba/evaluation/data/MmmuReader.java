package org.omnimamba.evaluation.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.parquet.example.data.Group;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * MMMU: a folder for each subject with {@code validation-00000-of-00001.parquet}, or JSON lines
 * with the same members, of which {@code image_1} is a file of the picture folder or base64. The
 * category is the subject.
 *
 * <p>The model sees one picture. Of several it is shown the first that the question names.
 */
public final class MmmuReader implements QuestionReader {
  private static final String USUAL_SPLIT = "validation";
  private static final String CHOOSE =
      "\n\nAnswer with the option's letter from the given choices directly.";

  private static final Pattern ID = Pattern.compile("[a-z]+_(.+)_\\d+");
  private static final Pattern PICTURE = Pattern.compile("<image (\\d)>");

  /** Longer than any file name, shorter than any picture in base64. */
  private static final int LONGEST_NAME = 255;

  @Override
  public QuestionSet read(DataOptions options) throws IOException {
    QuestionCollector found =
        new QuestionCollector(PictureFolder.of(options.data(), options.images(), "images"));
    String split = options.split() == null ? USUAL_SPLIT : options.split();
    Rows rows = new Rows(found, new PictureSpool(options.spool()));
    List<Path> tables =
        Finding.files(
            options.data(), 3, Pattern.compile(Pattern.quote(split) + "-\\d+-of-\\d+\\.parquet"));
    for (Path file : tables) {
      String place = String.valueOf(options.data().relativize(file));
      try {
        ParquetRows.each(file, (number, row) -> rows.parquet(place + ", row " + number, row));
        found.fileRead();
      } catch (ParquetRows.DamagedException e) {
        found.unreadable(place, String.valueOf(e.getMessage()), e.lost);
      }
    }
    List<Path> lines =
        Finding.files(options.data(), 2, Pattern.compile(Pattern.quote(split) + ".*\\.jsonl"));
    for (Path file : lines) {
      JsonEntries.lines(file, found, (where, number, entry) -> rows.json(where, entry));
    }
    if (tables.isEmpty() && lines.isEmpty()) {
      throw new UnusableDataException(
          "there is neither a %s-00000-of-00001.parquet nor a %s.jsonl in %s"
              .formatted(split, split, options.data()));
    }
    if (rows.severalPictures > 0) {
      found.note(
          "%d questions have several pictures, of which the first is shown"
              .formatted(rows.severalPictures));
    }
    return found.done();
  }

  /** Takes rows, whatever they stand in. */
  private static final class Rows {
    private final QuestionCollector found;
    private final PictureSpool spool;
    private int severalPictures;

    Rows(QuestionCollector found, PictureSpool spool) {
      this.found = found;
      this.spool = spool;
    }

    void parquet(String where, Group row) throws IOException {
      Row read = new Row(where, name -> ParquetRows.text(row, name));
      String name = "image_" + read.picture();
      Picture picture = null;
      if (ParquetRows.has(row, name)) {
        Group image = row.getGroup(name, 0);
        if (ParquetRows.has(image, "bytes")) {
          picture = spool.put(read.subject(), image.getBinary("bytes", 0).getBytes());
        }
      }
      take(read, picture, name);
    }

    void json(String where, JsonNode entry) throws IOException {
      Row read = new Row(where, name -> text(entry.path(name)));
      String name = "image_" + read.picture();
      String image = entry.path(name).asString("");
      if (image.length() > LONGEST_NAME) {
        take(read, spool.base64(read.subject(), image), name);
      } else {
        QuestionCollector.Draft draft = draft(read);
        if (draft != null) {
          found.add(where, draft, image);
        }
      }
    }

    /** Lists as they stand in Parquet. */
    private static String text(JsonNode value) {
      if (!value.isArray()) {
        return value.asString("");
      }
      StringBuilder list = new StringBuilder("[");
      value.forEach(
          item ->
              list.append('"')
                  .append(item.asString("").replace("\\", "\\\\").replace("\"", "\\\""))
                  .append("\","));
      return list.append(']').toString();
    }

    private void take(Row row, @Nullable Picture picture, String name) {
      if (picture == null) {
        found.fault(Fault.Kind.MISSING_PICTURE, row.where(), "it has no " + name);
        return;
      }
      QuestionCollector.Draft draft = draft(row);
      if (draft != null) {
        found.add(row.where(), draft, picture);
      }
    }

    /** Null if the row is no question. */
    private QuestionCollector.@Nullable Draft draft(Row row) {
      List<String> options;
      List<String> answers;
      boolean choice = !row.get("question_type").equals("open");
      try {
        options = choice ? PythonList.parse(row.get("options")) : List.of();
        answers = answers(row.get("answer"), choice);
      } catch (IllegalArgumentException e) {
        found.fault(
            Fault.Kind.MALFORMED_ENTRY, row.where(), "its options or answers: " + e.getMessage());
        return null;
      }
      if (row.get("id").isBlank() || (choice && options.size() < 2)) {
        found.fault(Fault.Kind.MALFORMED_ENTRY, row.where(), "it has no id or no options");
        return null;
      }
      if (choice && !answers.isEmpty() && !isLetter(answers.get(0), options.size())) {
        found.fault(
            Fault.Kind.MALFORMED_ENTRY,
            row.where(),
            "the answer \"%s\" is no letter of an option".formatted(answers.get(0)));
        return null;
      }
      if (row.pictures().size() > 1) {
        severalPictures++;
      }
      return new QuestionCollector.Draft(
          row.get("id"), row.subject(), row.prompt(options), answers, options);
    }

    /** None for the test split, whose answers are "?". */
    private static List<String> answers(String text, boolean choice) {
      if (text.isBlank() || text.equals("?")) {
        return List.of();
      }
      return !choice && text.startsWith("[") ? PythonList.parse(text) : List.of(text.strip());
    }

    private static boolean isLetter(String answer, int options) {
      return answer.length() == 1 && answer.charAt(0) >= 'A' && answer.charAt(0) < 'A' + options;
    }
  }

  /** A row's members by name; empty where there is none. */
  private record Row(String where, UnaryOperator<String> members) {
    String get(String name) {
      return members.apply(name);
    }

    String subject() {
      Matcher matcher = ID.matcher(get("id"));
      return matcher.matches() ? matcher.group(1) : "";
    }

    /** The numbers of the pictures that the question and its options name, without repetition. */
    List<String> pictures() {
      return PICTURE
          .matcher(get("question") + get("options"))
          .results()
          .map(match -> match.group(1))
          .distinct()
          .toList();
    }

    /** The picture that is shown. */
    String picture() {
      List<String> named = pictures();
      return named.isEmpty() ? "1" : named.get(0);
    }

    /** The picture comes before the text, so that its place in the text is dropped. */
    String prompt(List<String> options) {
      String question = get("question").replace("<image " + picture() + ">", "").strip();
      if (options.isEmpty()) {
        return question.isEmpty() ? "" : question + SHORT_ANSWER;
      }
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < options.size(); i++) {
        lines.add("(%c) %s".formatted('A' + i, options.get(i)));
      }
      return question + "\n\n" + String.join("\n", lines) + CHOOSE;
    }
  }
}
