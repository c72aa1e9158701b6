package org.omnimamba.evaluation.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a reader finds, question by question. */
final class QuestionCollector {
  private final PictureFolder pictures;
  private final List<Question> questions = new ArrayList<>();
  private final Map<String, String> placesById = new HashMap<>();
  private final List<Fault> faults = new ArrayList<>();
  private final List<String> unreadableFiles = new ArrayList<>();
  private final List<String> reasons = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private int readableFiles;

  QuestionCollector(PictureFolder pictures) {
    this.pictures = pictures;
  }

  /** A question but for its picture, which is looked up by its name. */
  record Draft(
      String id, String category, String text, List<String> answers, List<String> options) {
    Draft(String id, String category, String text, List<String> answers) {
      this(id, category, text, answers, List.of());
    }
  }

  /**
   * Takes a question about a picture of the picture folder.
   *
   * @param where the place in the files, for faults
   * @param picture the picture's file name, or several that it may have
   */
  void add(String where, Draft draft, String... picture) {
    if (!isNewAndReadable(where, draft, String.join(" ", picture))) {
      return;
    }
    Optional<Picture> found = pictures.find(picture);
    if (found.isEmpty()) {
      fault(
          Fault.Kind.MISSING_PICTURE,
          where,
          "there is no %s in %s".formatted(String.join(" or ", picture), pictures));
      return;
    }
    put(where, draft, found.get());
  }

  /** Takes a question about a picture that is there. */
  void add(String where, Draft draft, Picture picture) {
    if (isNewAndReadable(where, draft, picture.name())) {
      put(where, draft, picture);
    }
  }

  private void put(String where, Draft draft, Picture picture) {
    placesById.put(draft.id(), where);
    questions.add(
        new Question(
            draft.id(), draft.category(), picture, draft.text(), draft.answers(), draft.options()));
  }

  private boolean isNewAndReadable(String where, Draft draft, String picture) {
    String all = draft.text() + draft.answers() + draft.options() + draft.id() + picture;
    if (Utf8.isDamaged(all)) {
      fault(Fault.Kind.WRONG_ENCODING, where, "it has bytes that are not UTF-8");
      return false;
    }
    if (draft.text().isBlank()) {
      fault(Fault.Kind.MALFORMED_ENTRY, where, "the question is empty");
      return false;
    }
    String before = placesById.get(draft.id());
    if (before != null) {
      fault(
          Fault.Kind.DUPLICATE_QUESTION,
          where,
          "question %s was read before, at %s".formatted(draft.id(), before));
      return false;
    }
    return true;
  }

  void fault(Fault.Kind kind, String where, String reason) {
    faults.add(new Fault(kind, where, reason));
  }

  /** A file that was read, whatever was found in it. */
  void fileRead() {
    readableFiles++;
  }

  /**
   * One of several files cannot be read.
   *
   * @param lost questions that it held; if that is not known, -1: it counts as much as the others
   *     hold
   */
  void unreadable(String file, String reason, int lost) {
    if (lost > 0) {
      faults.add(new Fault(Fault.Kind.UNREADABLE_FILE, file, reason, lost));
    } else {
      unreadableFiles.add(file);
      reasons.add(reason);
    }
  }

  /** Something that a reader of the scores should know. */
  void note(String note) {
    notes.add(note);
  }

  List<Question> questions() {
    return Collections.unmodifiableList(questions);
  }

  /** Takes a question back. */
  void drop(Question question, Fault.Kind kind, String reason) {
    questions.remove(question);
    fault(kind, question.id(), reason);
  }

  QuestionSet done() {
    int each = readableFiles == 0 ? 1 : Math.max(1, questions.size() / readableFiles);
    List<Fault> all = new ArrayList<>(faults);
    for (int i = 0; i < unreadableFiles.size(); i++) {
      all.add(new Fault(Fault.Kind.UNREADABLE_FILE, unreadableFiles.get(i), reasons.get(i), each));
    }
    return new QuestionSet(questions, all, notes);
  }
}
