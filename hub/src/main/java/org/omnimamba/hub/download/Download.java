package org.omnimamba.hub.download;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.omnimamba.hub.FetchException;
import org.omnimamba.hub.FetchListener;
import org.omnimamba.hub.http.Answer;
import org.omnimamba.hub.http.Attempts;
import org.omnimamba.hub.http.TransientFailure;
import org.omnimamba.hub.http.Web;

/** Brings one file here. Not for use by several threads; the caller keeps other processes away. */
public final class Download {
  /** How often a file may begin anew. */
  private static final int MOST_BEGINNINGS = 3;

  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18}|\\*)");

  private final Web web;
  private final TransferSettings settings;
  private final FetchListener listener;
  private final Refusals refusals;

  /** Says in words why a server refuses a file. */
  public interface Refusals {
    FetchException of(Answer<?> refusal);
  }

  /** Of servers that nothing more is known about. */
  public static final class PlainRefusals implements Refusals {
    private final RemoteFile file;

    public PlainRefusals(RemoteFile file) {
      this.file = file;
    }

    @Override
    public FetchException of(Answer<?> refusal) {
      return new FetchException(
          refusal.status() == 404 || refusal.status() == 410
              ? "there is no %s; check the address".formatted(file.address())
              : "%s is refused with %d; check that this machine may read it"
                  .formatted(file.address(), refusal.status()));
    }
  }

  public Download(Web web, TransferSettings settings, FetchListener listener, Refusals refusals) {
    this.web = web;
    this.settings = settings;
    this.listener = listener;
    this.refusals = refusals;
  }

  /**
   * Fetches a file of known size, going on where an earlier run was cut.
   *
   * @param target where it appears when it is whole and checked
   * @return its hash; of a file without a known one the SHA-256
   * @throws FetchException if it cannot be had; what is here already is kept, unless it is wrong
   */
  public ContentHash to(RemoteFile file, Path target) throws InterruptedException {
    Path partial = target.resolveSibling(target.getFileName() + ".partial");
    try {
      Files.createDirectories(target.toAbsolutePath().getParent());
      boolean resumed = fill(file, partial);
      ContentHash found = hash(file, partial);
      if (isWrong(file, found) && resumed) {
        // what the earlier run left may be damaged: the machine may have lost its power
        listener.notice(file.name() + " is damaged, and fetched again from its beginning");
        PartialFile.delete(partial);
        fill(file, partial);
        found = hash(file, partial);
      }
      if (isWrong(file, found)) {
        PartialFile.delete(partial);
        throw new FetchException(
            ("%s came with a wrong %s (%s, it should be %s) and was deleted; try again, and if that"
                    + " happens again, ask who runs %s")
                .formatted(
                    file.name(),
                    file.hash().kind().label(),
                    found.hex(),
                    file.hash().hex(),
                    file.address().getHost()));
      }
      Files.move(
          partial, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      PartialFile.delete(partial);
      return found;
    } catch (IOException e) {
      throw DiskSpace.failure(target, e);
    }
  }

  private static boolean isWrong(RemoteFile file, ContentHash found) {
    return file.hash().kind() != ContentHash.Kind.NONE && !file.hash().equals(found);
  }

  private ContentHash hash(RemoteFile file, Path partial) throws IOException {
    listener.doing("checking " + file.name());
    return file.hash().of(partial);
  }

  /** Bytes that an earlier run left. */
  public static long present(RemoteFile file, Path target, TransferSettings settings) {
    Path path = target.resolveSibling(target.getFileName() + ".partial");
    if (!Files.exists(path)) {
      return 0;
    }
    try (PartialFile partial = PartialFile.open(path, file.size(), settings)) {
      return partial.total();
    } catch (IOException e) {
      return 0;
    }
  }

  /** Whether an earlier run's bytes are in the file. */
  private boolean fill(RemoteFile file, Path path) throws IOException, InterruptedException {
    try (PartialFile partial = PartialFile.open(path, file.size(), settings)) {
      if (partial.validator() == null && file.hash().kind() == ContentHash.Kind.NONE) {
        // nothing would tell whether the rest belongs to what is here
        partial.reset();
      }
      boolean resumed = partial.total() > 0;
      for (int beginning = 1; ; beginning++) {
        tell(file, partial);
        try {
          resumed &= all(file, partial);
          partial.force();
          return resumed;
        } catch (Changed e) {
          if (beginning >= MOST_BEGINNINGS) {
            throw new FetchException(
                "%s changes while it is fetched; run the same command when it no longer does"
                    .formatted(file.name()));
          }
          listener.notice(file.name() + " has changed, and is fetched again from its beginning");
          partial.reset();
          resumed = false;
        }
      }
    }
  }

  /** Whether what was here before is part of it. */
  private boolean all(RemoteFile file, PartialFile partial)
      throws IOException, InterruptedException {
    try {
      new Pieces(partial, piece -> piece(file, partial, piece)).fetch(settings.connections());
      return true;
    } catch (RangesIgnored e) {
      whole(file, partial);
      return false;
    }
  }

  private void tell(RemoteFile file, PartialFile partial) {
    listener.transferred(file.name(), partial.total(), file.size());
  }

  /** The server gives the whole file whatever part is asked for. */
  static final class RangesIgnored extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** It is not the file any more whose beginning is here. */
  static final class Changed extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** Fetches what is missing of a piece, again and again where that may help. */
  private void piece(RemoteFile file, PartialFile partial, int piece)
      throws IOException, InterruptedException {
    Attempts attempts = web.attempts(file.address());
    while (!partial.isDone(piece)) {
      long before = partial.done(piece);
      try {
        range(file, partial, piece);
      } catch (DiskFailure | RangesIgnored | Changed e) {
        throw e;
      } catch (IOException e) {
        if (partial.done(piece) - before >= settings.noteBytes()) {
          attempts.progressed();
        }
        attempts.failed(e);
      }
    }
  }

  private void range(RemoteFile file, PartialFile partial, int piece)
      throws IOException, InterruptedException {
    long from = partial.start(piece) + partial.done(piece);
    long room = partial.length(piece) - partial.done(piece);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Range", "bytes=%d-%d".formatted(from, from + room - 1));
    String validator = partial.validator();
    if (validator != null && !validator.startsWith("W/")) {
      headers.put("If-Range", validator);
    }
    BodyWriter writer =
        new BodyWriter(
            bytes -> {
              partial.write(piece, bytes);
              tell(file, partial);
            },
            room);
    try (writer) {
      Answer<Long> answer =
          web.get(
              file.address(),
              headers,
              info -> {
                IOException wrong = mismatch(info, partial, from, file.size());
                return wrong == null ? writer : EarlyBody.failing(wrong);
              });
      if (answer.status() == 416) {
        throw new Changed();
      }
      if (!answer.isSuccess()) {
        throw refusals.of(answer);
      }
      if (Objects.equals(answer.body(), 0L)) {
        throw new TransientFailure("sends nothing", null);
      }
    }
  }

  private static @Nullable IOException mismatch(
      ResponseInfo info, PartialFile partial, long from, long size) {
    if (!partial.accepts(etag(info))) {
      return new Changed();
    }
    if (info.statusCode() != 206) {
      return new RangesIgnored();
    }
    Matcher range = CONTENT_RANGE.matcher(header(info.headers(), "Content-Range"));
    if (!range.matches() || Long.parseLong(range.group(1)) != from) {
      return new RangesIgnored();
    }
    return range.group(3).equals("*") || Long.parseLong(range.group(3)) == size
        ? null
        : new Changed();
  }

  private static String header(HttpHeaders headers, String name) {
    return headers.firstValue(name).orElse("");
  }

  /** The file in one request, from its beginning at each try. */
  private void whole(RemoteFile file, PartialFile partial)
      throws IOException, InterruptedException {
    Attempts attempts = web.attempts(file.address());
    while (partial.total() < file.size()) {
      partial.reset();
      BodyWriter writer =
          new BodyWriter(
              bytes -> {
                partial.append(bytes);
                tell(file, partial);
              },
              file.size());
      try (writer) {
        Answer<Long> answer =
            web.get(
                file.address(),
                Map.of(),
                info ->
                    info.headers().firstValueAsLong("Content-Length").orElse(file.size())
                            == file.size()
                        ? writer
                        : EarlyBody.failing(new Changed()));
        if (!answer.isSuccess()) {
          throw refusals.of(answer);
        }
        if (partial.total() < file.size()) {
          throw new TransientFailure("sends too little", null);
        }
      } catch (DiskFailure | Changed e) {
        throw e;
      } catch (IOException e) {
        attempts.failed(e);
      }
    }
  }

  /**
   * The size and validator of a file that nobody told about.
   *
   * @return what is known of it; the size is negative if the server does not say
   * @throws FetchException if it cannot be had
   */
  public Head head(RemoteFile file) throws InterruptedException {
    Attempts attempts = web.attempts(file.address());
    while (true) {
      try {
        Answer<Head> answer =
            web.get(
                file.address(),
                Map.of("Range", "bytes=0-0"),
                info -> EarlyBody.of(new Head(size(info), etag(info))));
        if (answer.status() == 416) {
          // there is no first byte
          return new Head(0, answer.header("ETag"));
        }
        if (!answer.isSuccess() || answer.body() == null) {
          throw refusals.of(answer);
        }
        return answer.body();
      } catch (IOException e) {
        attempts.failed(e);
      }
    }
  }

  /**
   * What is known of a file before it is fetched.
   *
   * @param size in bytes; negative if unknown
   * @param validator the ETag
   */
  public record Head(long size, @Nullable String validator) {}

  private static @Nullable String etag(ResponseInfo info) {
    return info.headers().firstValue("ETag").orElse(null);
  }

  private static long size(ResponseInfo info) {
    if (info.statusCode() == 206) {
      Matcher range = CONTENT_RANGE.matcher(header(info.headers(), "Content-Range"));
      return range.matches() && !range.group(3).equals("*") ? Long.parseLong(range.group(3)) : -1;
    }
    return info.headers().firstValueAsLong("Content-Length").orElse(-1);
  }
}
