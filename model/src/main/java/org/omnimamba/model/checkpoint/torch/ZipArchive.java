package org.omnimamba.model.checkpoint.torch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.omnimamba.model.checkpoint.tensor.CheckpointException;
import org.omnimamba.model.checkpoint.tensor.PositionalFile;

/**
 * Where the entries of a zip file lie. Only what {@code torch.save} writes is accepted: entries
 * stored as they are, so that they can be read at any position and nothing can unfold to more than
 * the file's own size.
 */
final class ZipArchive {
  /** First bytes of a zip file, as a little-endian int. */
  static final int LOCAL_HEADER = 0x04034b50;

  private static final int LOCAL_HEADER_BYTES = 30;
  private static final int CENTRAL_HEADER = 0x02014b50;
  private static final int CENTRAL_HEADER_BYTES = 46;
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int END64_LOCATOR = 0x07064b50;
  private static final int END64_LOCATOR_BYTES = 20;
  private static final int END64 = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final int MAX_COMMENT_BYTES = 0xffff;
  private static final int ZIP64_EXTRA = 1;
  private static final int ENCRYPTED = 1;
  private static final int STRONG_ENCRYPTION = 1 << 6;
  private static final long UNSIGNED_INT = 0xffffffffL;
  private static final int MAX_DIRECTORY_BYTES = 16 << 20;

  private final PositionalFile file;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /**
   * One stored entry.
   *
   * @param headerPosition of its local header in the file
   * @param size of its content in bytes
   */
  record Entry(String name, long headerPosition, long size) {}

  private ZipArchive(PositionalFile file) {
    this.file = file;
  }

  static ZipArchive read(PositionalFile file) {
    ZipArchive archive = new ZipArchive(file);
    archive.readDirectory(archive.findDirectory());
    return archive;
  }

  Map<String, Entry> entries() {
    return Collections.unmodifiableMap(entries);
  }

  /**
   * Position of an entry's content. The local header is read here, because its extra field, which
   * pads the content to an aligned position, is not in the directory.
   */
  long contentPosition(Entry entry) {
    ByteBuffer header = bytes(entry.headerPosition, LOCAL_HEADER_BYTES);
    if (header.getInt(0) != LOCAL_HEADER) {
      throw damaged("%s has no local header".formatted(entry.name));
    }
    int nameBytes = Short.toUnsignedInt(header.getShort(26));
    int extraBytes = Short.toUnsignedInt(header.getShort(28));
    ByteBuffer name = bytes(entry.headerPosition + LOCAL_HEADER_BYTES, nameBytes);
    if (!StandardCharsets.UTF_8.decode(name).toString().equals(entry.name)) {
      throw damaged("the local header of %s has another name".formatted(entry.name));
    }
    long position = entry.headerPosition + LOCAL_HEADER_BYTES + nameBytes + extraBytes;
    if (entry.size > file.size() - position) {
      throw damaged("%s goes past the end of the file".formatted(entry.name));
    }
    return position;
  }

  private record Directory(long position, long bytes, long entries) {}

  private Directory findDirectory() {
    int tailBytes = (int) Math.min(file.size(), END_BYTES + MAX_COMMENT_BYTES);
    long tailStart = file.size() - tailBytes;
    ByteBuffer tail = bytes(tailStart, tailBytes);
    for (int at = tailBytes - END_BYTES; at >= 0; at--) {
      boolean ends =
          tail.getInt(at) == END
              && at + END_BYTES + Short.toUnsignedInt(tail.getShort(at + 20)) == tailBytes;
      if (ends) {
        return directory(tail, at, tailStart + at);
      }
    }
    throw damaged("it has no zip directory; it may be truncated");
  }

  private Directory directory(ByteBuffer tail, int at, long endPosition) {
    long locatorPosition = endPosition - END64_LOCATOR_BYTES;
    if (locatorPosition >= 0) {
      ByteBuffer locator = bytes(locatorPosition, END64_LOCATOR_BYTES);
      if (locator.getInt(0) == END64_LOCATOR) {
        ByteBuffer end = bytes(locator.getLong(8), END64_BYTES);
        if (end.getInt(0) != END64) {
          throw damaged("its zip64 end record is not where it should be");
        }
        return checked(end.getLong(48), end.getLong(40), end.getLong(32));
      }
    }
    if (tail.getShort(at + 4) != 0 || tail.getShort(at + 6) != 0) {
      throw damaged("it is one part of a split zip file");
    }
    return checked(
        tail.getInt(at + 16) & UNSIGNED_INT,
        tail.getInt(at + 12) & UNSIGNED_INT,
        Short.toUnsignedInt(tail.getShort(at + 10)));
  }

  private Directory checked(long position, long bytes, long entries) {
    if (bytes < 0 || bytes > MAX_DIRECTORY_BYTES || entries < 0) {
      throw damaged("its zip directory takes %d bytes".formatted(bytes));
    }
    if (position < 0 || position > file.size() - bytes) {
      throw damaged("its zip directory goes past the end of the file");
    }
    return new Directory(position, bytes, entries);
  }

  private void readDirectory(Directory directory) {
    ByteBuffer bytes = bytes(directory.position, (int) directory.bytes);
    while (bytes.remaining() >= CENTRAL_HEADER_BYTES) {
      readEntry(bytes);
    }
    if (bytes.hasRemaining() || entries.size() != directory.entries) {
      throw damaged("its zip directory holds another number of entries than it says");
    }
  }

  private void readEntry(ByteBuffer directory) {
    int start = directory.position();
    if (directory.getInt(start) != CENTRAL_HEADER) {
      throw damaged("its zip directory is not a list of entries");
    }
    int flags = Short.toUnsignedInt(directory.getShort(start + 8));
    int method = Short.toUnsignedInt(directory.getShort(start + 10));
    long stored = directory.getInt(start + 20) & UNSIGNED_INT;
    long size = directory.getInt(start + 24) & UNSIGNED_INT;
    int nameBytes = Short.toUnsignedInt(directory.getShort(start + 28));
    int extraBytes = Short.toUnsignedInt(directory.getShort(start + 30));
    int commentBytes = Short.toUnsignedInt(directory.getShort(start + 32));
    long headerPosition = directory.getInt(start + 42) & UNSIGNED_INT;
    int variable = nameBytes + extraBytes + commentBytes;
    if (variable > directory.remaining() - CENTRAL_HEADER_BYTES) {
      throw damaged("its zip directory ends inside an entry");
    }
    int nameStart = start + CENTRAL_HEADER_BYTES;
    String name = StandardCharsets.UTF_8.decode(directory.slice(nameStart, nameBytes)).toString();
    ByteBuffer zip64 =
        zip64(directory.slice(nameStart + nameBytes, extraBytes).order(ByteOrder.LITTLE_ENDIAN));
    // the long values follow in this order, each only where the short field is all ones
    size = size == UNSIGNED_INT ? longOf(name, zip64) : size;
    stored = stored == UNSIGNED_INT ? longOf(name, zip64) : stored;
    headerPosition = headerPosition == UNSIGNED_INT ? longOf(name, zip64) : headerPosition;
    if ((flags & (ENCRYPTED | STRONG_ENCRYPTION)) != 0) {
      throw damaged("%s is encrypted".formatted(name));
    }
    if (method != 0 || stored != size) {
      throw damaged("%s is compressed; torch.save stores entries as they are".formatted(name));
    }
    if (size < 0 || headerPosition < 0 || size > file.size() - headerPosition) {
      throw damaged("%s goes past the end of the file".formatted(name));
    }
    if (entries.put(name, new Entry(name, headerPosition, size)) != null) {
      throw damaged("%s is in it twice".formatted(name));
    }
    directory.position(nameStart + variable);
  }

  private static ByteBuffer zip64(ByteBuffer extra) {
    while (extra.remaining() >= 4) {
      int id = Short.toUnsignedInt(extra.getShort());
      int bytes = Short.toUnsignedInt(extra.getShort());
      if (bytes > extra.remaining()) {
        break;
      }
      if (id == ZIP64_EXTRA) {
        return extra.slice(extra.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
      }
      extra.position(extra.position() + bytes);
    }
    return ByteBuffer.allocate(0);
  }

  private long longOf(String name, ByteBuffer zip64) {
    if (zip64.remaining() < Long.BYTES) {
      throw damaged("the zip64 sizes of %s are missing".formatted(name));
    }
    return zip64.getLong();
  }

  private ByteBuffer bytes(long position, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    file.read(position, bytes);
    return bytes.flip();
  }

  private CheckpointException damaged(String reason) {
    return new CheckpointException("%s is refused: %s".formatted(file.path(), reason));
  }
}
