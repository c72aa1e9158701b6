package org.omnimamba.hub.models;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.omnimamba.hub.FetchException;
import org.omnimamba.hub.FetchListener;
import org.omnimamba.hub.FetchSettings;
import org.omnimamba.hub.download.ContentHash;
import org.omnimamba.hub.http.Web;
import org.omnimamba.hub.repository.HubFile;
import org.omnimamba.hub.repository.HubReference;
import org.omnimamba.hub.repository.HubRepository;
import org.omnimamba.hub.repository.WebFiles;

/** Finds parts. */
final class Parts {
  private final FetchSettings settings;
  private final Web web;
  private final FetchListener listener;

  Parts(FetchSettings settings, Web web, FetchListener listener) {
    this.settings = settings;
    this.web = web;
    this.listener = listener;
  }

  HubRepository open(HubReference reference) throws InterruptedException {
    return HubRepository.open(settings, web, listener, reference);
  }

  /**
   * The part that a text names.
   *
   * @param otherwise the file of a repository where none is named
   * @param sha256 of a file of the web; null if nobody said
   * @throws FetchException if there is none
   */
  Part named(String text, String otherwise, @Nullable String sha256) throws InterruptedException {
    Location location = Location.parse(text);
    if (location instanceof Location.OnHub hub) {
      HubRepository repository = open(hub.reference());
      String file = hub.reference().file();
      return onHub(repository, repository.file(file == null ? otherwise : file));
    }
    if (location instanceof Location.InWeb address) {
      WebFiles files = new WebFiles(settings, web, listener);
      return new InWeb(files, address.address(), sha256, files.find(address.address(), sha256));
    }
    return new Here(((Location.Here) location).path());
  }

  Part onHub(HubRepository repository, HubFile file) {
    return new OnHub(repository, CheckpointChoice.withShards(repository, file));
  }

  /** Files of a repository, the first of which stands for all. */
  private record OnHub(HubRepository repository, List<HubFile> files) implements Part {
    @Override
    public String id() {
      return files.stream()
          .map(f -> f.hash().kind() + ":" + f.hash().hex())
          .collect(Collectors.joining("+"));
    }

    @Override
    public String fileName() {
      return files.get(0).fileName();
    }

    @Override
    public long size() {
      return files.stream().mapToLong(HubFile::size).sum();
    }

    @Override
    public long missingBytes() {
      return files.stream().mapToLong(repository::missingBytes).sum();
    }

    @Override
    public Path fetch() throws InterruptedException {
      List<Path> paths = new ArrayList<>();
      for (HubFile file : files) {
        paths.add(repository.fetch(file));
      }
      return paths.get(0);
    }

    @Override
    public void discard() throws IOException {
      for (HubFile file : files) {
        repository.discard(file);
      }
    }
  }

  /** A file of the web, which is or was here: only its content says which bytes it has. */
  private record InWeb(WebFiles files, URI address, @Nullable String sha256, WebFiles.Local local)
      implements Part {
    @Override
    public String id() {
      return ContentHash.Kind.SHA256 + ":" + local.sha256();
    }

    @Override
    public String fileName() {
      return String.valueOf(local.path().getFileName());
    }

    @Override
    public long size() {
      return local.size();
    }

    @Override
    public long missingBytes() {
      return files.missingBytes(address, local);
    }

    @Override
    public Path fetch() throws InterruptedException {
      if (Files.isRegularFile(local.path())) {
        return local.path();
      }
      WebFiles.Local fetched = files.fetch(address, sha256);
      if (!fetched.sha256().equals(local.sha256())) {
        throw new FetchException(
            "%s has changed since it was last here; run the same command again"
                .formatted(fileName()));
      }
      return fetched.path();
    }

    @Override
    public void discard() throws IOException {
      Files.deleteIfExists(local.path());
    }
  }

  private static long sizeOf(Path path) {
    try {
      return Files.size(path);
    } catch (IOException e) {
      throw new FetchException("cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  /** A file of the person who asks. */
  private static final class Here implements Part {
    private final Path path;
    private final String id;

    Here(Path path) {
      this.path = path;
      if (!Files.isRegularFile(path)) {
        throw new FetchException("there is no file " + path);
      }
      try {
        ContentHash hash = ContentHash.UNKNOWN.of(path);
        this.id = hash.kind() + ":" + hash.hex();
      } catch (IOException e) {
        throw new FetchException("cannot read " + path + ": " + e.getMessage(), e);
      }
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public String fileName() {
      return String.valueOf(path.getFileName());
    }

    @Override
    public long size() {
      return sizeOf(path);
    }

    @Override
    public long missingBytes() {
      return 0;
    }

    @Override
    public Path fetch() {
      return path;
    }

    @Override
    public void discard() {
      // it is not ours
    }
  }
}
