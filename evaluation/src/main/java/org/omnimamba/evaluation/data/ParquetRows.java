package org.omnimamba.evaluation.data;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;

/** The rows of a Parquet file, one after the other. */
final class ParquetRows {
  private ParquetRows() {}

  /** Takes a row. */
  interface Taker {
    /**
     * @param number from 1
     */
    void take(int number, Group row) throws IOException;
  }

  /** A file that is cut off or damaged; some of its rows may have been taken. */
  static final class DamagedException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Rows that were not taken; -1 if the file does not say how many it has. */
    final int lost;

    DamagedException(int lost, Throwable cause) {
      super("it is cut off or damaged: " + cause.getMessage(), cause);
      this.lost = lost;
    }
  }

  /**
   * Gives all rows of a file.
   *
   * @throws IOException if the taker throws it
   */
  static void each(Path file, Taker taker) throws IOException, DamagedException {
    int all = -1;
    int number = 0;
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
      all = (int) Math.min(Integer.MAX_VALUE, reader.getRecordCount());
      MessageType schema = reader.getFileMetaData().getSchema();
      MessageColumnIO columns = new ColumnIOFactory().getColumnIO(schema);
      for (PageReadStore pages = reader.readNextRowGroup();
          pages != null;
          pages = reader.readNextRowGroup()) {
        RecordReader<Group> rows = columns.getRecordReader(pages, new GroupRecordConverter(schema));
        for (long i = 0; i < pages.getRowCount(); i++) {
          Group row = rows.read();
          number++;
          take(taker, number, row);
        }
      }
    } catch (TakerFailedException e) {
      throw e.failure;
    } catch (IOException | RuntimeException e) {
      // the library throws what it comes upon: of a damaged file anything
      throw new DamagedException(all < 0 ? -1 : all - number, e);
    }
  }

  private static void take(Taker taker, int number, Group row) {
    try {
      taker.take(number, row);
    } catch (IOException e) {
      throw new TakerFailedException(e);
    }
  }

  /** Tells the taker's failures from the file's. */
  private static final class TakerFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final IOException failure;

    TakerFailedException(IOException failure) {
      super(failure);
      this.failure = failure;
    }
  }

  /** A member of a row as text; empty where it is null or missing. */
  static String text(Group row, String name) {
    return has(row, name) ? row.getBinary(name, 0).toStringUsingUTF8() : "";
  }

  static boolean has(Group row, String name) {
    return row.getType().containsField(name) && row.getFieldRepetitionCount(name) > 0;
  }
}
