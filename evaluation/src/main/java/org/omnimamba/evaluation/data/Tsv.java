package org.omnimamba.evaluation.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tables with a line of names, fields parted by tabs. A field in double quotes may hold tabs, line
 * breaks and doubled quotes, as the usual writers of such tables make them.
 */
final class Tsv {
  private final BufferedReader reader;
  private final Path file;

  private Tsv(BufferedReader reader, Path file) {
    this.reader = reader;
    this.file = file;
  }

  /**
   * All rows, by column.
   *
   * @throws UnusableDataException if the table ends inside a quoted field
   */
  static List<Map<String, String>> read(Path file) throws IOException {
    try (BufferedReader reader = Utf8.open(file)) {
      Tsv table = new Tsv(reader, file);
      List<String> names = table.row();
      List<Map<String, String>> rows = new ArrayList<>();
      for (List<String> row = table.row(); !row.isEmpty(); row = table.row()) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < Math.min(names.size(), row.size()); i++) {
          fields.put(names.get(i), row.get(i));
        }
        rows.add(fields);
      }
      return rows;
    }
  }

  /** The next row's fields; empty at the end of the table. */
  private List<String> row() throws IOException {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    boolean begun = false;
    for (int c = reader.read(); c >= 0; c = reader.read()) {
      if (quoted) {
        if (c != '"') {
          field.append((char) c);
        } else if (peek() == '"') {
          field.append((char) reader.read());
        } else {
          quoted = false;
        }
      } else if (c == '"' && field.isEmpty()) {
        quoted = true;
        begun = true;
      } else if (c == '\t') {
        fields.add(field.toString());
        field.setLength(0);
        begun = true;
      } else if (c == '\n') {
        if (begun || !field.isEmpty()) {
          fields.add(field.toString());
          return fields;
        }
      } else if (c != '\r') {
        field.append((char) c);
      }
    }
    if (quoted) {
      throw new UnusableDataException(file + " is cut off inside a quoted field");
    }
    if (begun || !field.isEmpty()) {
      fields.add(field.toString());
    }
    return fields;
  }

  private int peek() throws IOException {
    reader.mark(1);
    int next = reader.read();
    reader.reset();
    return next;
  }
}
