package org.omnimamba.hub.repository;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.omnimamba.hub.FetchException;
import org.omnimamba.hub.download.ContentHash;
import org.omnimamba.hub.http.Answer;
import org.omnimamba.hub.http.Origin;
import org.omnimamba.hub.http.Web;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The calls of the hub's API that are needed to find files. */
final class HubApi {
  private static final int MOST_TEXT_BYTES = 64 << 20;
  private static final int MOST_FILES = 200_000;

  /** A page has up to 1,000 files; without files in them, pages would never come to an end. */
  private static final int MOST_PAGES = 1_000;

  private static final Pattern NEXT = Pattern.compile("<([^>]+)>\\s*;\\s*rel=\"?next\"?");

  private final Web web;
  private final URI endpoint;

  /**
   * @param endpoint the hub's address, without a slash at the end
   */
  HubApi(Web web, URI endpoint) {
    this.web = web;
    this.endpoint = endpoint;
  }

  /**
   * The commit that a revision means now.
   *
   * @throws FetchException if there is none, or the hub does not say
   */
  String commit(Web asked, HubReference reference) throws InterruptedException {
    URI address =
        URI.create(
            "%s/api/models/%s/revision/%s"
                .formatted(
                    endpoint, reference.repository(), HubReference.escaped(reference.revision())));
    Answer<String> answer = asked.text(address, MOST_TEXT_BYTES);
    if (!answer.isSuccess()) {
      throw refusal(reference, null, List.of(), answer);
    }
    String commit = json(answer).path("sha").asString("");
    if (!HubReference.isCommit(commit)) {
      throw unexpected(address);
    }
    return commit;
  }

  /**
   * Every file of a commit.
   *
   * @throws FetchException if the hub does not say, or lists a file that cannot be one
   */
  List<HubFile> files(HubReference reference, String commit) throws InterruptedException {
    List<HubFile> files = new ArrayList<>();
    URI address =
        URI.create(
            "%s/api/models/%s/tree/%s?recursive=true"
                .formatted(endpoint, reference.repository(), commit));
    for (int page = 1; address != null; page++) {
      if (page > MOST_PAGES) {
        throw unexpected(address);
      }
      Answer<String> answer = web.text(address, MOST_TEXT_BYTES);
      if (!answer.isSuccess()) {
        throw refusal(reference, null, List.of(), answer);
      }
      JsonNode entries = json(answer);
      if (!entries.isArray()) {
        throw unexpected(address);
      }
      for (JsonNode entry : entries) {
        if (!entry.path("type").asString("").equals("directory")) {
          files.add(file(reference, entry));
        }
      }
      if (files.size() > MOST_FILES) {
        throw new FetchException(
            "%s has more than %d files; name a repository of a model"
                .formatted(reference.label(), MOST_FILES));
      }
      address = next(address, answer);
    }
    return files;
  }

  private static HubFile file(HubReference reference, JsonNode entry) {
    String path = entry.path("path").asString("");
    JsonNode lfs = entry.path("lfs");
    long size = lfs.path("size").asLong(entry.path("size").asLong(-1));
    if (!SafeNames.isPath(path)) {
      throw new FetchException(
          "%s lists a file with an unsafe name (%s); nothing was fetched, do not trust it"
              .formatted(reference.label(), printable(path)));
    }
    try {
      ContentHash hash =
          lfs.isObject()
              ? ContentHash.sha256(lfs.path("oid").asString("").replaceFirst("^sha256:", ""))
              : ContentHash.git(entry.path("oid").asString(""));
      if (size >= 0) {
        return new HubFile(path, size, hash);
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new FetchException(
        "%s lists %s without its size or hash; is HF_ENDPOINT the address of a hub?"
            .formatted(reference.label(), path));
  }

  private static String printable(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", "?");
    return plain.length() > 80 ? plain.substring(0, 80) + "..." : plain;
  }

  /**
   * The next page; null after the last. A mirror may pass on the hub's own address, of which the
   * query counts: the host that was asked is asked again.
   */
  private static @Nullable URI next(URI from, Answer<?> answer) {
    String link = answer.headers().firstValue("Link").orElse("");
    Matcher next = NEXT.matcher(link);
    if (!next.find()) {
      return null;
    }
    try {
      URI to = from.resolve(next.group(1));
      if (!Origin.of(to).equals(Origin.of(from)) && to.getRawQuery() != null) {
        String asked = from.toString();
        to = URI.create(asked.substring(0, asked.indexOf('?') + 1) + to.getRawQuery());
      }
      if (Origin.of(to).equals(Origin.of(from)) && !to.equals(from)) {
        return to;
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw unexpected(from);
  }

  /** Where a file can be had. */
  URI address(HubReference reference, String commit, HubFile file) {
    String path =
        Stream.of(file.path().split("/"))
            .map(HubReference::escaped)
            .collect(Collectors.joining("/"));
    return URI.create(
        "%s/%s/resolve/%s/%s".formatted(endpoint, reference.repository(), commit, path));
  }

  /**
   * Why the hub refuses, and what to do.
   *
   * @param path of the file that was asked for; null if it was none
   * @param others what the repository has
   */
  FetchException refusal(
      HubReference reference, @Nullable String path, List<HubFile> others, Answer<?> answer) {
    String code = Objects.requireNonNullElse(answer.header("X-Error-Code"), "");
    String page = endpoint + "/" + reference.repository();
    int status = answer.status();
    if (code.equals("GatedRepo") || status == 403) {
      return new FetchException(
          web.hasToken()
              ? ("%s is gated, and the account of HF_TOKEN has no access: ask for it at %s, and"
                      + " check that the token may read gated repositories")
                  .formatted(reference.label(), page)
              : "%s is gated: accept its terms at %s, then set HF_TOKEN to a token of that account"
                  .formatted(reference.label(), page));
    }
    if (code.equals("RevisionNotFound")) {
      return new FetchException(
          "%s has no revision %s; its branches and tags are listed at %s/tree/main"
              .formatted(HubReference.PREFIX + reference.repository(), reference.revision(), page));
    }
    if (code.equals("EntryNotFound") && path != null) {
      return noFile(reference, path, others);
    }
    if (status == 401 && web.hasToken() && !code.equals("RepoNotFound")) {
      return new FetchException(
          "the hub does not accept HF_TOKEN; make a new one at %s/settings/tokens, or unset it"
              .formatted(endpoint));
    }
    if (status == 401 || status == 404) {
      return new FetchException(
          "there is no %s, or it is private: check the name at %s%s"
              .formatted(
                  reference.label(),
                  page,
                  web.hasToken()
                      ? ", and that the account of HF_TOKEN may read it"
                      : ", or set HF_TOKEN to a token that may read it"));
    }
    return new FetchException(
        "%s answers %d for %s; check HF_ENDPOINT and the name"
            .formatted(endpoint.getHost(), status, reference.label()));
  }

  static FetchException noFile(HubReference reference, String path, List<HubFile> others) {
    String list = others.stream().map(HubFile::path).limit(20).collect(Collectors.joining(", "));
    return new FetchException(
        "%s has no file %s; it has %s%s"
            .formatted(
                reference.label(),
                path,
                list.isEmpty() ? "none" : list,
                others.size() > 20 ? " and %d more".formatted(others.size() - 20) : ""));
  }

  private static JsonNode json(Answer<String> answer) {
    try {
      return JsonMapper.shared().readTree(Objects.requireNonNullElse(answer.body(), ""));
    } catch (JacksonException e) {
      throw new FetchException(
          "the hub's answer is no JSON; is HF_ENDPOINT the address of a hub, and is there a proxy"
              + " that asks for something?",
          e);
    }
  }

  private static FetchException unexpected(URI address) {
    return new FetchException(
        "%s does not answer as a hub does; check HF_ENDPOINT".formatted(address.getHost()));
  }
}
