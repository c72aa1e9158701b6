package org.omnimamba.hub.repository;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.omnimamba.hub.FetchException;
import org.omnimamba.hub.FetchListener;
import org.omnimamba.hub.FetchSettings;
import org.omnimamba.hub.UnreachableException;
import org.omnimamba.hub.download.ContentHash;
import org.omnimamba.hub.download.DiskSpace;
import org.omnimamba.hub.download.Download;
import org.omnimamba.hub.download.RemoteFile;
import org.omnimamba.hub.http.Origin;
import org.omnimamba.hub.http.Web;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Files of the web, kept under the address that they came from. */
public final class WebFiles {
  private static final int KEY_DIGITS = 32;
  private static final String SOURCE = "source.json";

  private final FetchSettings settings;
  private final Web web;
  private final FetchListener listener;

  public WebFiles(FetchSettings settings, Web web, FetchListener listener) {
    this.settings = settings;
    this.web = web;
    this.listener = listener;
  }

  /**
   * A file that is here, or was.
   *
   * @param path where it stands, or would
   * @param size in bytes
   * @param sha256 of its content
   */
  public record Local(Path path, long size, String sha256) {}

  /** What was noted about the copy here. */
  private record Copy(long size, @Nullable String validator, String sha256) {}

  /**
   * What a file is. It is fetched if only its content can tell, and need not be here if it was
   * before: notes outlive a copy that was deleted.
   *
   * @param sha256 that it must have; null if nobody said
   * @throws FetchException if it cannot be had
   */
  public Local find(URI address, @Nullable String sha256) throws InterruptedException {
    return local(address, sha256, true);
  }

  /**
   * Where a file stands here, fetched if need be. A copy is used as long as the server shows the
   * same size and ETag, or cannot be reached.
   *
   * @param sha256 that it must have; null if nobody said
   * @throws FetchException if it cannot be had
   */
  public Local fetch(URI address, @Nullable String sha256) throws InterruptedException {
    return local(address, sha256, false);
  }

  /** Bytes of a file that are not here yet. */
  public long missingBytes(URI address, Local file) {
    return Files.isRegularFile(file.path)
        ? 0
        : file.size
            - Download.present(
                new RemoteFile(name(address), address, file.size, ContentHash.UNKNOWN),
                file.path,
                settings.transfer());
  }

  private Local local(URI address, @Nullable String sha256, boolean notesSuffice)
      throws InterruptedException {
    requireSafe(address);
    ContentHash hash = sha256 == null ? ContentHash.UNKNOWN : ContentHash.sha256(sha256);
    String key = ContentHash.sha256Of(address.toString()).hex().substring(0, KEY_DIGITS);
    Path folder = settings.cache().resolve("files").resolve(key);
    Path target = folder.resolve(name(address));
    try (FetchLock lock = FetchLock.on(folder.resolve("lock"), address.toString(), listener)) {
      Copy copy = notesSuffice || Files.isRegularFile(target) ? read(folder) : null;
      if (copy != null
          && (sha256 == null || sha256.equals(copy.sha256))
          && isCurrent(copy, address, sha256)) {
        return new Local(target, copy.size, copy.sha256);
      }
      if (settings.offline()) {
        throw HubRepository.notCached(address.toString(), settings);
      }
      RemoteFile file = new RemoteFile(name(address), address, -1, hash);
      Download download =
          new Download(web, settings.transfer(), listener, new Download.PlainRefusals(file));
      Download.Head head = download.head(file);
      if (head.size() < 0) {
        throw new FetchException(
            ("%s does not say how long %s is, so it could not be told whether it is whole; fetch it"
                    + " by other means and name the file")
                .formatted(address.getHost(), file.name()));
      }
      RemoteFile sized = file.withSize(head.size());
      DiskSpace.require(
          folder, head.size() - Download.present(sized, target, settings.transfer()), file.name());
      ContentHash found = download.to(sized, target);
      write(folder, address, new Copy(head.size(), head.validator(), found.hex()));
      return new Local(target, head.size(), found.hex());
    } catch (IOException e) {
      throw new FetchException("cannot write to %s: %s".formatted(folder, e.getMessage()), e);
    }
  }

  private boolean isCurrent(Copy copy, URI address, @Nullable String sha256)
      throws InterruptedException {
    if (settings.offline() || sha256 != null) {
      return true;
    }
    RemoteFile file = new RemoteFile(name(address), address, copy.size, ContentHash.UNKNOWN);
    try {
      Download.Head head =
          new Download(web.once(), settings.transfer(), listener, new Download.PlainRefusals(file))
              .head(file);
      return head.size() == copy.size
          && (head.validator() == null || head.validator().equals(copy.validator));
    } catch (UnreachableException e) {
      listener.notice("%s; using the copy of %s that is here".formatted(e.problem(), file.name()));
      return true;
    }
  }

  private static void requireSafe(URI address) {
    try {
      if (Origin.of(address).isPrivate()) {
        return;
      }
    } catch (IllegalArgumentException e) {
      throw new FetchException(address + " is no https address; check it", e);
    }
    throw new FetchException(
        ("%s would come without TLS, so that anyone on the way could change it; use its https"
                + " address")
            .formatted(address));
  }

  private static String name(URI address) {
    String path = address.getRawPath() == null ? "" : address.getRawPath();
    String last =
        URLDecoder.decode(
            path.substring(path.lastIndexOf('/') + 1).replace("+", "%2B"), StandardCharsets.UTF_8);
    return SafeNames.isSegment(last) && !last.startsWith(".") && !last.equals(SOURCE)
        ? last
        : "file";
  }

  private static @Nullable Copy read(Path folder) {
    try {
      JsonNode node = JsonMapper.shared().readTree(Files.readString(folder.resolve(SOURCE)));
      return new Copy(
          node.path("size").asLong(-1),
          node.path("etag").asString(null),
          ContentHash.sha256(node.path("sha256").asString("")).hex());
    } catch (IOException | JacksonException | IllegalArgumentException e) {
      return null;
    }
  }

  private static void write(Path folder, URI address, Copy copy) throws IOException {
    RepositoryCache.write(
        folder.resolve(SOURCE),
        JsonMapper.shared()
            .createObjectNode()
            .put("url", address.toString())
            .put("size", copy.size)
            .put("etag", copy.validator)
            .put("sha256", copy.sha256)
            .toString());
  }
}
