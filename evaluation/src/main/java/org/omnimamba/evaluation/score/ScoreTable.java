package org.omnimamba.evaluation.score;

import java.util.List;

/**
 * A benchmark's scores.
 *
 * @param columns names of the values of a row
 * @param rows one for each category and for all
 * @param headline what is compared with published figures, such as "mean F1"
 * @param value of the headline, as it is published
 */
public record ScoreTable(List<String> columns, List<Row> rows, String headline, double value) {

  public ScoreTable {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /**
   * One row.
   *
   * @param name a category, or what the row sums up
   * @param questions how many it is made of
   * @param values one for each column; NaN where there is none
   */
  public record Row(String name, int questions, List<Double> values) {
    public Row {
      values = List.copyOf(values);
    }
  }
}
