package org.omnimamba.hub.repository;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.omnimamba.hub.FetchException;
import org.omnimamba.hub.download.ContentHash;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** What is here of one repository; the layout is drawn in the package's description. */
final class RepositoryCache {
  private final Path folder;

  RepositoryCache(Path cache, HubReference reference) {
    this.folder = cache.resolve("models--%s--%s".formatted(reference.owner(), reference.name()));
  }

  Path lockFile() {
    return folder.resolve("lock");
  }

  Path blob(HubFile file) {
    return folder.resolve("blobs").resolve(file.hash().hex());
  }

  Path snapshot(String commit) {
    return folder.resolve("snapshots").resolve(commit);
  }

  /** The commit that a revision last meant; null if it was never asked for. */
  @Nullable String commit(String revision) {
    try {
      String text = Files.readString(folder.resolve("refs").resolve(revision)).strip();
      return HubReference.isCommit(text) ? text : null;
    } catch (IOException e) {
      return null;
    }
  }

  void rememberCommit(String revision, String commit) throws IOException {
    write(folder.resolve("refs").resolve(revision), commit);
  }

  /** The files of a commit; null if they are not known here. */
  @Nullable List<HubFile> listing(String commit) {
    try {
      List<HubFile> files = new ArrayList<>();
      for (JsonNode entry : JsonMapper.shared().readTree(Files.readString(listingFile(commit)))) {
        String path = entry.path("path").asString("");
        ContentHash hash =
            new ContentHash(
                ContentHash.Kind.valueOf(entry.path("kind").asString("")),
                entry.path("hash").asString(""));
        if (!SafeNames.isPath(path)) {
          return null;
        }
        files.add(new HubFile(path, entry.path("size").asLong(-1), hash));
      }
      return files;
    } catch (IOException | JacksonException | IllegalArgumentException e) {
      // asked for again
      return null;
    }
  }

  void rememberListing(String commit, List<HubFile> files) throws IOException {
    ArrayNode list = JsonMapper.shared().createArrayNode();
    for (HubFile file : files) {
      list.addObject()
          .put("path", file.path())
          .put("size", file.size())
          .put("kind", file.hash().kind().name())
          .put("hash", file.hash().hex());
    }
    write(listingFile(commit), list.toString());
  }

  private Path listingFile(String commit) {
    return folder.resolve("listings").resolve(commit + ".json");
  }

  /** Gives a blob that is here its name in a commit. */
  Path link(String commit, HubFile file) throws IOException {
    Path snapshot = snapshot(commit);
    Path link = snapshot.resolve(file.path());
    Path blob = blob(file);
    if (!link.normalize().startsWith(snapshot)) {
      throw new FetchException(file.path() + " is no name of a file here");
    }
    Path parent = Objects.requireNonNull(link.getParent());
    Files.createDirectories(parent);
    if (Files.exists(link) && Files.isSameFile(link, blob)) {
      return link;
    }
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
      Files.deleteIfExists(link);
    }
    try {
      Files.createSymbolicLink(link, parent.relativize(blob));
    } catch (FileAlreadyExistsException e) {
      // another process was faster
    } catch (UnsupportedOperationException e) {
      throw new IOException("it holds no symbolic links", e);
    }
    return link;
  }

  /** A file appears whole or not at all. */
  static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Path fresh = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    try {
      Files.writeString(fresh, text);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(fresh);
    }
  }
}
