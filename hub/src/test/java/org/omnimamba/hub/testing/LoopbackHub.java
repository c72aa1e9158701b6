package org.omnimamba.hub.testing;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model hub on this machine: the API's calls as Hugging Face answers them, and a content delivery
 * network at another port, to which large files are redirected. Both misbehave on request.
 */
public final class LoopbackHub implements AutoCloseable {
  /** Files of at least this many bytes are in LFS. */
  public static final int LFS_BYTES = 1024;

  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");
  private static final Pattern API =
      Pattern.compile("/api/models/([^/]+/[^/]+)/(revision|tree)/([^/]+)");
  private static final Pattern RESOLVE = Pattern.compile("/([^/]+/[^/]+)/resolve/([^/]+)/(.+)");

  private final HttpServer hub;
  private final HttpServer cdn;
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "loopback-hub");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<String, Repository> repositories = new ConcurrentHashMap<>();
  private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
  private final List<Seen> seen = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger contents = new AtomicInteger();
  private final AtomicLong sent = new AtomicLong();
  private volatile Interceptor interceptor = exchange -> false;
  private volatile Fault fault = (exchange, content, number) -> false;
  private volatile int pageSize = 1000;
  private volatile boolean ranges = true;
  private volatile @Nullable String listedInstead;

  private record Repository(
      Map<String, String> revisions,
      Map<String, Map<String, byte[]>> commits,
      @Nullable String token,
      boolean gated) {}

  /** A request as it came in. */
  public record Seen(String server, String path, Map<String, String> headers) {
    public @Nullable String header(String name) {
      return headers.get(name.toLowerCase(java.util.Locale.ROOT));
    }
  }

  /** Answers a request for content in another way. */
  public interface Fault {
    /**
     * @param number of the request for content, from 1
     * @return whether it was answered
     */
    boolean answers(HttpExchange exchange, byte[] content, int number) throws Exception;
  }

  /** Answers a request to the hub in another way, and says whether it did. */
  public interface Interceptor {
    boolean answers(HttpExchange exchange) throws IOException;
  }

  public LoopbackHub() throws IOException {
    hub = start("hub", this::hub);
    cdn = start("cdn", this::cdn);
  }

  private interface Handler {
    void handle(HttpExchange exchange) throws Exception;
  }

  private HttpServer start(String name, Handler handler) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            Map<String, String> headers = new TreeMap<>();
            exchange
                .getRequestHeaders()
                .forEach((k, v) -> headers.put(k.toLowerCase(java.util.Locale.ROOT), v.get(0)));
            seen.add(new Seen(name, exchange.getRequestURI().getRawPath(), headers));
            handler.handle(exchange);
          } catch (IOException e) {
            throw e;
          } catch (Exception e) {
            throw new IOException(e);
          }
        });
    server.start();
    return server;
  }

  private static String address(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  public String endpoint() {
    return address(hub);
  }

  /** Port of the hub, where it also answers as a proxy does. */
  public int port() {
    return hub.getAddress().getPort();
  }

  /** Where a file of the web with this content is, which the hub knows nothing of. */
  public URI webFile(String name, byte[] content) {
    blobs.put(name, content);
    return URI.create(address(cdn) + "/" + name);
  }

  /** Puts files into a new commit of a repository, and lets {@code main} mean it. */
  public String commit(String repository, Map<String, byte[]> files) {
    Repository held =
        repositories.computeIfAbsent(
            repository,
            name ->
                new Repository(new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), null, false));
    return commit(held, repository, files);
  }

  private String commit(Repository held, String repository, Map<String, byte[]> files) {
    String commit =
        Hashes.hex("SHA-1", (repository + held.commits.size()).getBytes(StandardCharsets.UTF_8));
    held.commits.put(commit, new LinkedHashMap<>(files));
    held.revisions.put("main", commit);
    return commit;
  }

  /** The same for a repository that only a token opens. */
  public void closed(String repository, String token, boolean gated, Map<String, byte[]> files) {
    Repository held =
        new Repository(new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), token, gated);
    repositories.put(repository, held);
    commit(held, repository, files);
  }

  public void tag(String repository, String revision, String commit) {
    repositories.get(repository).revisions.put(revision, commit);
  }

  public void misbehave(Fault value) {
    contents.set(0);
    fault = value;
  }

  public void intercept(Interceptor value) {
    interceptor = value;
  }

  public void ignoreRanges() {
    ranges = false;
  }

  public void listPagesOf(int files) {
    pageSize = files;
  }

  /** What the hub answers to the question for files, whatever it has. */
  public void listInstead(String json) {
    listedInstead = json;
  }

  public List<Seen> seen() {
    synchronized (seen) {
      return List.copyOf(seen);
    }
  }

  /** Requests at one of the servers, {@code hub} or {@code cdn}. */
  public List<Seen> seen(String server) {
    return seen().stream().filter(s -> s.server.equals(server)).toList();
  }

  public void forget() {
    seen.clear();
    sent.set(0);
  }

  /** Bytes of content that were sent. */
  public long sentBytes() {
    return sent.get();
  }

  private void hub(HttpExchange exchange) throws Exception {
    String path = exchange.getRequestURI().getRawPath();
    Matcher api = API.matcher(path);
    Matcher resolve = RESOLVE.matcher(path);
    boolean isApi = api.matches();
    if (interceptor.answers(exchange)) {
      return;
    }
    if (!isApi && !resolve.matches()) {
      refuse(exchange, 404, null);
      return;
    }
    String name = isApi ? api.group(1) : resolve.group(1);
    Repository repository = repositories.get(name);
    String token = exchange.getRequestHeaders().getFirst("Authorization");
    if (repository == null) {
      refuse(exchange, token == null ? 401 : 404, "RepoNotFound");
      return;
    }
    boolean allowed = repository.token == null || ("Bearer " + repository.token).equals(token);
    if (!allowed && (!repository.gated || !isApi)) {
      refuse(
          exchange,
          token == null ? 401 : repository.gated ? 403 : 404,
          repository.gated ? "GatedRepo" : "RepoNotFound");
      return;
    }
    String revision = decoded(isApi ? api.group(3) : resolve.group(2));
    String commit = repository.revisions.getOrDefault(revision, revision);
    Map<String, byte[]> files = repository.commits.get(commit);
    if (files == null) {
      refuse(exchange, 404, "RevisionNotFound");
    } else if (!isApi) {
      file(exchange, commit, files, decoded(resolve.group(3)));
    } else if (api.group(2).equals("revision")) {
      json(exchange, JsonMapper.shared().createObjectNode().put("sha", commit).toString());
    } else {
      tree(exchange, files);
    }
  }

  private void tree(HttpExchange exchange, Map<String, byte[]> files) throws IOException {
    if (listedInstead != null) {
      json(exchange, listedInstead);
      return;
    }
    String query = exchange.getRequestURI().getQuery();
    Matcher cursor = Pattern.compile("cursor=(\\d+)").matcher(query);
    int from = cursor.find() ? Integer.parseInt(cursor.group(1)) : 0;
    ArrayNode page = JsonMapper.shared().createArrayNode();
    page.addObject().put("type", "directory").put("path", "folder").put("size", 0).put("oid", "");
    files.entrySet().stream().skip(from).limit(pageSize).forEach(f -> entry(page, f));
    if (from + pageSize < files.size()) {
      exchange
          .getResponseHeaders()
          .add(
              "Link",
              "<%s%s?recursive=true&cursor=%d>; rel=\"next\""
                  .formatted(endpoint(), exchange.getRequestURI().getRawPath(), from + pageSize));
    }
    json(exchange, page.toString());
  }

  private static void entry(ArrayNode page, Map.Entry<String, byte[]> file) {
    byte[] content = file.getValue();
    ObjectNode entry =
        page.addObject()
            .put("type", "file")
            .put("path", file.getKey())
            .put("size", content.length)
            .put("oid", Hashes.git(content));
    if (content.length >= LFS_BYTES) {
      entry
          .putObject("lfs")
          .put("oid", Hashes.sha256(content))
          .put("size", content.length)
          .put("pointerSize", 134);
    }
  }

  private void file(HttpExchange exchange, String commit, Map<String, byte[]> files, String path)
      throws Exception {
    byte[] content = files.get(path);
    Headers headers = exchange.getResponseHeaders();
    headers.add("X-Repo-Commit", commit);
    if (content == null) {
      refuse(exchange, 404, "EntryNotFound");
    } else if (content.length < LFS_BYTES) {
      headers.add("ETag", '"' + Hashes.git(content) + '"');
      send(exchange, content);
    } else {
      String hash = Hashes.sha256(content);
      blobs.put(hash, content);
      headers.add("X-Linked-ETag", '"' + hash + '"');
      headers.add("X-Linked-Size", String.valueOf(content.length));
      headers.add("Location", address(cdn) + "/" + hash + "?signature=secret");
      exchange.sendResponseHeaders(302, -1);
    }
  }

  private void cdn(HttpExchange exchange) throws Exception {
    byte[] content = blobs.get(exchange.getRequestURI().getPath().substring(1));
    if (content == null) {
      refuse(exchange, 404, null);
    } else if (!fault.answers(exchange, content, contents.incrementAndGet())) {
      exchange.getResponseHeaders().add("ETag", '"' + Hashes.hex("MD5", content) + '"');
      send(exchange, content);
    }
  }

  /** The whole content, or the range that is asked for. */
  public void send(HttpExchange exchange, byte[] content) throws IOException {
    send(exchange, content, Integer.MAX_VALUE);
  }

  /**
   * The same, but the connection is cut after some bytes.
   *
   * @param most bytes that are sent
   */
  public void send(HttpExchange exchange, byte[] content, int most) throws IOException {
    Matcher range =
        RANGE.matcher(
            java.util.Objects.requireNonNullElse(
                exchange.getRequestHeaders().getFirst("Range"), ""));
    String condition = exchange.getRequestHeaders().getFirst("If-Range");
    int from = 0;
    int to = content.length;
    int status = 200;
    if (ranges
        && range.matches()
        && content.length > 0
        && (condition == null
            || condition.equals(exchange.getResponseHeaders().getFirst("ETag")))) {
      from = Integer.parseInt(range.group(1));
      to = range.group(2).isEmpty() ? to : Math.min(to, 1 + Integer.parseInt(range.group(2)));
      if (from >= content.length) {
        refuse(exchange, 416, null);
        return;
      }
      status = 206;
      exchange
          .getResponseHeaders()
          .add("Content-Range", "bytes %d-%d/%d".formatted(from, to - 1, content.length));
    }
    exchange.sendResponseHeaders(status, to - from == 0 ? -1 : to - from);
    int count = Math.min(most, to - from);
    exchange.getResponseBody().write(content, from, count);
    exchange.getResponseBody().flush();
    sent.addAndGet(count);
  }

  /** An answer without content. */
  public static void refuse(HttpExchange exchange, int status, @Nullable String code)
      throws IOException {
    if (code != null) {
      exchange.getResponseHeaders().add("X-Error-Code", code);
    }
    byte[] text = "<html>no</html>".getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, text.length);
    exchange.getResponseBody().write(text);
  }

  public static void json(HttpExchange exchange, String json) throws IOException {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private static String decoded(String path) {
    return List.of(path.split("/")).stream()
        .map(p -> URI.create("http://a/" + p).getPath().substring(1))
        .collect(Collectors.joining("/"));
  }

  @Override
  public void close() {
    hub.stop(0);
    cdn.stop(0);
    threads.shutdownNow();
  }
}
