package org.omnimamba.evaluation.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** MME as one table with the pictures inside. */
final class MmeTable {
  /** Anything shorter is the index of the row that has the picture. */
  private static final int LONGEST_INDEX = 64;

  private final PictureSpool spool;
  private final QuestionCollector found;

  private final Map<String, Picture> byIndex = new HashMap<>();

  MmeTable(Path spool, QuestionCollector found) {
    this.spool = new PictureSpool(spool);
    this.found = found;
  }

  void read(Path table) throws IOException {
    List<Map<String, String>> rows = Tsv.read(table);
    for (int i = 0; i < rows.size(); i++) {
      row("%s, row %d".formatted(table.getFileName(), i + 1), rows.get(i));
    }
    found.fileRead();
  }

  private void row(String where, Map<String, String> row) throws IOException {
    String index = row.getOrDefault("index", "").strip();
    String category = MmeReader.category(row.getOrDefault("category", ""));
    String answer = row.getOrDefault("answer", "").strip().toLowerCase(Locale.ROOT);
    if (index.isEmpty() || category.isEmpty() || !MmeReader.isAnswer(answer)) {
      found.fault(
          Fault.Kind.MALFORMED_ENTRY, where, "it has no index, no category of MME or no answer");
      return;
    }
    String image = row.getOrDefault("image", "").strip();
    Picture picture =
        image.length() <= LONGEST_INDEX ? byIndex.get(image) : spool.base64(category, image);
    if (picture == null) {
      found.fault(
          image.length() <= LONGEST_INDEX
              ? Fault.Kind.MISSING_PICTURE
              : Fault.Kind.UNREADABLE_PICTURE,
          where,
          "its image is neither base64 nor an earlier row's index");
      return;
    }
    byIndex.putIfAbsent(index, picture);
    String question = row.getOrDefault("question", "");
    found.add(
        where,
        new QuestionCollector.Draft(
            category + "/" + index, category, MmeReader.prompt(question), List.of(answer)),
        picture);
  }
}
