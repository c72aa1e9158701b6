package org.omnimamba.hub.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.omnimamba.hub.FetchException;
import org.omnimamba.hub.FetchListener;
import org.omnimamba.hub.FetchSettings;
import org.omnimamba.hub.UnreachableException;
import org.omnimamba.hub.download.Download;
import org.omnimamba.hub.download.RemoteFile;
import org.omnimamba.hub.http.Web;

/** One commit of a repository: what it holds, and its files. */
public final class HubRepository {
  static final String ANOTHER_FOLDER = "name another folder with OMNIMAMBA_HOME (fetch: --cache)";

  private final FetchSettings settings;
  private final Web web;
  private final HubApi api;
  private final RepositoryCache cache;
  private final FetchListener listener;
  private final HubReference reference;
  private final String commit;
  private final List<HubFile> files;

  private HubRepository(
      FetchSettings settings, Web web, FetchListener listener, HubReference reference)
      throws InterruptedException {
    this.settings = settings;
    this.web = web;
    this.listener = listener;
    this.reference = reference;
    this.api = new HubApi(web, settings.endpoint());
    this.cache = new RepositoryCache(settings.cache(), reference);
    try {
      this.commit = resolved();
      this.files = listing();
    } catch (IOException e) {
      throw unwritable(settings.cache(), e);
    }
  }

  /**
   * Finds out what a reference means.
   *
   * @throws FetchException if it means nothing that can be had
   */
  public static HubRepository open(
      FetchSettings settings, Web web, FetchListener listener, HubReference reference)
      throws InterruptedException {
    return new HubRepository(settings, web, listener, reference);
  }

  private String resolved() throws IOException, InterruptedException {
    if (reference.isCommit()) {
      return reference.revision();
    }
    String last = cache.commit(reference.revision());
    if (settings.offline()) {
      return Objects.requireNonNullElseGet(
          last,
          () -> {
            throw offline();
          });
    }
    listener.doing("asking " + settings.endpoint().getHost() + " for " + reference.label());
    try {
      // where an answer is here already, nobody should wait long for a newer one
      String now = api.commit(last == null ? web : web.once(), reference);
      cache.rememberCommit(reference.revision(), now);
      return now;
    } catch (UnreachableException e) {
      if (last == null) {
        throw e;
      }
      listener.notice(
          "%s; using %s as it was last seen, commit %s"
              .formatted(e.problem(), reference.label(), last));
      return last;
    }
  }

  private List<HubFile> listing() throws IOException, InterruptedException {
    List<HubFile> known = cache.listing(commit);
    if (known != null) {
      return known;
    }
    if (settings.offline()) {
      throw offline();
    }
    List<HubFile> listed = api.files(reference, commit);
    cache.rememberListing(commit, listed);
    return listed;
  }

  private static FetchException unwritable(Path cache, IOException e) {
    return new FetchException(
        "cannot write to the cache %s (%s); %s".formatted(cache, e.getMessage(), ANOTHER_FOLDER),
        e);
  }

  private FetchException offline() {
    return notCached(reference.label(), settings);
  }

  static FetchException notCached(String what, FetchSettings settings) {
    return new FetchException(
        ("%s is not in the cache %s, and nothing may be fetched; run once without --offline and"
                + " HF_HUB_OFFLINE")
            .formatted(what, settings.cache()));
  }

  public HubReference reference() {
    return reference;
  }

  public String commit() {
    return commit;
  }

  /** Every file of the commit. */
  public List<HubFile> files() {
    return files;
  }

  /**
   * The file with this path.
   *
   * @throws FetchException if there is none
   */
  public HubFile file(String path) {
    HubFile file = find(path);
    if (file == null) {
      throw HubApi.noFile(reference, path, files);
    }
    return file;
  }

  /** The file with this path; null if there is none. */
  public @Nullable HubFile find(String path) {
    return files.stream().filter(f -> f.path().equals(path)).findFirst().orElse(null);
  }

  /** Bytes of a file that are not here yet. */
  public long missingBytes(HubFile file) {
    Path blob = cache.blob(file);
    return Files.exists(blob)
        ? 0
        : file.size() - Download.present(remote(file), blob, settings.transfer());
  }

  /** Whether all of a file is here. */
  public boolean has(HubFile file) {
    return Files.isRegularFile(cache.blob(file));
  }

  /**
   * Where a file stands here, fetched if need be.
   *
   * @return its path in the snapshot
   * @throws FetchException if it cannot be had
   */
  public Path fetch(HubFile file) throws InterruptedException {
    try {
      if (!has(file)) {
        try (FetchLock lock = FetchLock.on(cache.lockFile(), reference.label(), listener)) {
          if (!has(file)) {
            if (settings.offline()) {
              throw offline();
            }
            download(file);
          }
        }
      }
      return cache.link(commit, file);
    } catch (IOException e) {
      throw unwritable(settings.cache(), e);
    }
  }

  private void download(HubFile file) throws InterruptedException {
    new Download(
            web,
            settings.transfer(),
            listener,
            refusal -> api.refusal(reference, file.path(), files, refusal))
        .to(remote(file), cache.blob(file));
  }

  private RemoteFile remote(HubFile file) {
    return new RemoteFile(
        file.path(), api.address(reference, commit, file), file.size(), file.hash());
  }

  /** The folder of the commit's files that are here. */
  public Path snapshot() {
    return cache.snapshot(commit);
  }

  /** Deletes the content of a file; its name in the snapshot then leads nowhere. */
  public void discard(HubFile file) throws IOException {
    Files.deleteIfExists(cache.blob(file));
  }
}
