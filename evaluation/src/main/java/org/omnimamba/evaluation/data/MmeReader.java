package org.omnimamba.evaluation.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * MME: a folder for each of 14 categories, with a text file beside each picture ({@code
 * color/000000006723.txt}) or in {@code questions_answers_YN} beside {@code images}. A text file
 * has two lines of question, tab, answer. One table {@code *.tsv} of index, image (base64, or the
 * index of the row that has it), question, answer, category is read too.
 */
public final class MmeReader implements QuestionReader {
  /** Categories of perception, whose scores are added for the published figure. */
  public static final List<String> PERCEPTION =
      List.of(
          "existence",
          "count",
          "position",
          "color",
          "posters",
          "celebrity",
          "scene",
          "landmark",
          "artwork",
          "OCR");

  /** Categories of cognition. */
  public static final List<String> COGNITION =
      List.of(
          "commonsense_reasoning", "numerical_calculation", "text_translation", "code_reasoning");

  private static final int QUESTIONS_OF_A_PICTURE = 2;
  private static final Pattern TEXT = Pattern.compile("(?i).+\\.txt");
  private static final Pattern TABLE = Pattern.compile("(?i).+\\.tsv");

  /** The instruction for short answers stands in its place, as in the other evaluations. */
  private static final String HINT = " Please answer yes or no.";

  @Override
  public QuestionSet read(DataOptions options) throws IOException {
    QuestionCollector found =
        new QuestionCollector(PictureFolder.of(options.data(), options.images()));
    List<Path> tables = Finding.files(options.data(), 1, TABLE);
    if (tables.size() > 1) {
      throw new UnusableDataException("several tables: " + tables);
    }
    if (tables.isEmpty()) {
      folders(options, found);
    } else {
      new MmeTable(options.spool(), found).read(tables.get(0));
    }
    requirePairs(found);
    return found.done();
  }

  private static void folders(DataOptions options, QuestionCollector found) throws IOException {
    boolean any = false;
    for (String category : categories()) {
      Pattern name = Pattern.compile(Pattern.quote(category), Pattern.CASE_INSENSITIVE);
      List<Path> folders = Finding.folders(options.data(), 3, name);
      if (folders.size() > 1) {
        throw new UnusableDataException("several folders of one category: " + folders);
      }
      if (folders.isEmpty()) {
        found.note("there is no folder of category " + category);
        continue;
      }
      any = true;
      Path folder = folders.get(0);
      Path texts = inside(folder, "questions_answers_YN");
      for (Path file : Finding.files(texts, 1, TEXT)) {
        picture(category, file, inside(folder, "images"), found);
      }
      found.fileRead();
    }
    if (!any) {
      throw new UnusableDataException(
          "there is neither a folder of MME, such as existence, nor a table *.tsv in "
              + options.data());
    }
  }

  private static void picture(String category, Path file, Path pictures, QuestionCollector found)
      throws IOException {
    String text = String.valueOf(file.getFileName());
    String base = text.substring(0, text.length() - ".txt".length());
    PictureFolder folder = PictureFolder.of(pictures, pictures);
    List<String> lines = Utf8.read(file).lines().filter(line -> !line.isBlank()).toList();
    if (lines.size() != QUESTIONS_OF_A_PICTURE) {
      found.fault(
          Fault.Kind.MALFORMED_ENTRY,
          category + "/" + text,
          "it has %d lines, not two".formatted(lines.size()));
      return;
    }
    Picture picture =
        folder
            .find(base + ".jpg", base + ".png", base + ".jpeg")
            .map(at -> new Picture(category + "/" + at.name(), at.file()))
            .orElse(null);
    for (int i = 0; i < lines.size(); i++) {
      String where = "%s/%s, line %d".formatted(category, text, i + 1);
      if (picture == null) {
        found.fault(
            Fault.Kind.MISSING_PICTURE,
            where,
            "there is no %s.jpg or %s.png in %s".formatted(base, base, folder));
        continue;
      }
      String[] parts = lines.get(i).split("\t", -1);
      String answer = parts[parts.length - 1].strip().toLowerCase(Locale.ROOT);
      if (parts.length != 2 || !isAnswer(answer)) {
        found.fault(
            Utf8.isDamaged(lines.get(i)) ? Fault.Kind.WRONG_ENCODING : Fault.Kind.MALFORMED_ENTRY,
            where,
            "it is no question, tab, and yes or no");
        continue;
      }
      found.add(
          where,
          new QuestionCollector.Draft(
              "%s/%s/%d".formatted(category, base, i + 1),
              category,
              prompt(parts[0]),
              List.of(answer)),
          picture);
    }
  }

  static boolean isAnswer(String answer) {
    return answer.equals("yes") || answer.equals("no");
  }

  static String prompt(String question) {
    return question.strip().replace(HINT, "") + SHORT_ANSWER;
  }

  private static Path inside(Path folder, String name) {
    Path child = folder.resolve(name);
    return Files.isDirectory(child) ? child : folder;
  }

  /** Both questions about a picture are needed for its score. */
  private static void requirePairs(QuestionCollector found) {
    Map<String, Integer> counts = new HashMap<>();
    Map<String, Question> lone = new LinkedHashMap<>();
    for (Question question : found.questions()) {
      counts.merge(question.picture().name(), 1, Integer::sum);
      lone.put(question.picture().name(), question);
    }
    lone.forEach(
        (picture, question) -> {
          if (counts.getOrDefault(picture, 0) == 1) {
            found.drop(
                question,
                Fault.Kind.INCOMPLETE_PAIR,
                "the other question about %s is unusable".formatted(picture));
          }
        });
  }

  private static List<String> categories() {
    List<String> all = new ArrayList<>(PERCEPTION);
    all.addAll(COGNITION);
    return all;
  }

  /** The category of this name, whatever its case; empty if there is none. */
  static String category(String name) {
    return categories().stream()
        .filter(each -> each.equalsIgnoreCase(name.strip()))
        .findFirst()
        .orElse("");
  }
}
