package org.omnimamba.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.hub.repository.HubReference;
import org.omnimamba.hub.testing.LoopbackHub;

/** What a hub refuses, lists and forgets, and what is then said and kept. */
class RepositoryTest {
  private static final byte[] CONTENT = Hubs.bytes(5_000, 1);

  @TempDir private Path cache;
  private LoopbackHub hub;
  private Hubs hubs;
  private String commit;

  @BeforeEach
  void start() throws IOException {
    hub = new LoopbackHub();
    commit = hub.commit("some/model", Map.of("a.pth", CONTENT));
    hubs = new Hubs(hub, cache);
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private byte[] fetch(String source) throws Exception {
    return Files.readAllBytes(hubs.fetcher().file(source, null));
  }

  private void assertRefused(String source, String... reasons) {
    assertThatThrownBy(() -> fetch(source))
        .isInstanceOf(FetchException.class)
        .hasMessageContainingAll(reasons);
  }

  @Test
  void aMissingRepositoryRevisionOrFileIsNamed() {
    assertRefused(
        "hf:some/other:a.pth",
        "there is no hf:some/other, or it is private",
        hub.endpoint() + "/some/other",
        "set HF_TOKEN");
    assertRefused(
        "hf:some/model@v2:a.pth",
        "hf:some/model has no revision v2",
        hub.endpoint() + "/some/model/tree/main");
    assertRefused("hf:some/model:b.pth", "hf:some/model has no file b.pth; it has a.pth");
    hubs.with("HF_TOKEN", "hf_mine");
    assertRefused("hf:some/other:a.pth", "the account of HF_TOKEN may read it");
  }

  @Test
  void aGatedRepositoryOpensForTheRightToken() throws Exception {
    hub.closed("gated/model", "hf_good", true, Map.of("a.pth", CONTENT));
    assertRefused(
        "hf:gated/model:a.pth",
        "hf:gated/model is gated: accept its terms at " + hub.endpoint() + "/gated/model",
        "set HF_TOKEN");
    hubs.with("HF_TOKEN", "hf_other");
    assertRefused("hf:gated/model:a.pth", "the account of HF_TOKEN has no access");
    hubs.with("HF_TOKEN", "hf_good");
    assertThat(fetch("hf:gated/model:a.pth")).isEqualTo(CONTENT);
  }

  @Test
  void aPrivateRepositoryLooksLikeNoneUntilATokenOpensIt() throws Exception {
    hub.closed("mine/model", "hf_good", false, Map.of("a.pth", CONTENT));
    assertRefused("hf:mine/model:a.pth", "or it is private");
    assertThat(fetch2("hf_good", "hf:mine/model:a.pth")).isEqualTo(CONTENT);
  }

  private byte[] fetch2(String token, String source) throws Exception {
    hubs.with("HF_TOKEN", token);
    return fetch(source);
  }

  @Test
  void branchesTagsAndCommitsAreRevisions() throws Exception {
    byte[] later = Hubs.bytes(6_000, 2);
    hub.tag("some/model", "v1", commit);
    hub.tag("some/model", "refs/pr/1", commit);
    hub.commit("some/model", Map.of("a.pth", later));
    assertThat(fetch("hf:some/model:a.pth")).isEqualTo(later);
    assertThat(fetch("hf:some/model@v1:a.pth")).isEqualTo(CONTENT);
    assertThat(fetch("hf:some/model@refs/pr/1:a.pth")).isEqualTo(CONTENT);
    assertThat(fetch("hf:some/model@" + commit + ":a.pth")).isEqualTo(CONTENT);
  }

  @Test
  void longListsComeInPages() throws Exception {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int i = 0; i < 25; i++) {
      files.put("folder/part-" + i, ("content " + i).getBytes());
    }
    hub.commit("many/files", files);
    hub.listPagesOf(4);
    assertThat(fetch("hf:many/files:folder/part-24")).asString().isEqualTo("content 24");
  }

  @Test
  void aMirrorMayPassOnThePagesAddressesOfTheHub() throws Exception {
    hub.intercept(
        exchange -> {
          URI asked = exchange.getRequestURI();
          if (!asked.getPath().contains("/tree/") || asked.getQuery().contains("cursor")) {
            return false;
          }
          nextPage(exchange, "https://hub.example" + asked.getPath() + "?recursive=true&cursor=0");
          return true;
        });
    assertThat(fetch("hf:some/model:a.pth")).isEqualTo(CONTENT);
  }

  @Test
  void pagesWithoutEndAreRefused() {
    AtomicInteger pages = new AtomicInteger();
    hub.intercept(
        exchange -> {
          if (!exchange.getRequestURI().getPath().contains("/tree/")) {
            return false;
          }
          nextPage(
              exchange,
              exchange.getRequestURI().getPath()
                  + "?recursive=true&cursor="
                  + pages.incrementAndGet());
          return true;
        });
    assertRefused("hf:some/model:a.pth", "does not answer as a hub does");
    assertThat(pages).hasValue(1000);
  }

  private static void nextPage(HttpExchange exchange, String address) throws IOException {
    exchange.getResponseHeaders().add("Link", "<" + address + ">; rel=\"next\"");
    LoopbackHub.json(exchange, "[]");
  }

  @Test
  void oddNamesAreOrdinaryNames() throws Exception {
    List<String> names =
        List.of("a b/c+d%20.txt", "50% & more#1?.txt", "gr\u00fc\u00dfe \u732b.txt", "-rf", "a:b");
    Map<String, byte[]> files = new LinkedHashMap<>();
    names.forEach(name -> files.put(name, name.getBytes()));
    hub.commit("odd/names", files);
    for (String name : names) {
      Path file = hubs.fetcher().file("hf:odd/names:" + name, null);
      assertThat(file.toString()).endsWith("/" + name);
      assertThat(Files.readAllBytes(file)).isEqualTo(name.getBytes());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil.pth",
        "a/../../evil.pth",
        "/etc/passwd",
        "a//b",
        ".",
        "a/./b",
        "..\\\\evil",
        "a\\u0000b",
        "a\\u001b[2Jb",
        ""
      })
  void namesThatLeaveTheFolderAreRefused(String name) {
    hub.listInstead(
        """
        [{"type": "file", "path": "a.pth", "size": 3, "oid": "%s"},
         {"type": "file", "path": "%s", "size": 3, "oid": "%s"}]
        """
            .formatted("a".repeat(40), name, "b".repeat(40)));
    assertRefused("hf:some/model:a.pth", "a file with an unsafe name", "nothing was fetched");
  }

  @Test
  void hashesThatAreNoneAreRefused() {
    hub.listInstead(
        """
        [{"type": "file", "path": "a.pth", "size": 3, "oid": "../../../x"}]
        """);
    assertRefused("hf:some/model:a.pth", "lists a.pth without its size or hash");
    hub.listInstead("{}");
    assertRefused("hf:some/model:a.pth", "does not answer as a hub does");
    hub.listInstead("<html>sign in to use this network</html>");
    assertRefused("hf:some/model:a.pth", "no JSON", "proxy");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hf:model",
        "hf:a/b/c",
        "hf:../b",
        "hf:a/..",
        "hf:a/b@../x",
        "hf:a/b@",
        "hf:a/b:",
        "hf:a/b:../x",
        "hf:a/b:/x",
        "hf:a--b/c",
        "hf:a/b?x=1",
        "hf:a/b c"
      })
  void referencesOfAnotherFormAreRefused(String text) {
    assertThatThrownBy(() -> HubReference.parse(text))
        .isInstanceOf(FetchException.class)
        .hasMessageStartingWith("'" + text + "' is not usable");
  }

  @Test
  void withAFullCacheNoNetworkIsNeeded() throws Exception {
    assertThat(fetch("hf:some/model:a.pth")).isEqualTo(CONTENT);
    hub.forget();
    assertThat(fetch("hf:some/model@" + commit + ":a.pth")).isEqualTo(CONTENT);
    assertThat(hub.seen()).as("a commit never changes").isEmpty();
    hub.close();
    assertThat(fetch("hf:some/model:a.pth")).isEqualTo(CONTENT);
    assertThat(hubs.notices())
        .containsExactly(
            "127.0.0.1 cannot be reached; using hf:some/model as it was last seen, commit "
                + commit);
    hubs.offline();
    assertThat(fetch("hf:some/model:a.pth")).isEqualTo(CONTENT);
    assertRefused("hf:some/other:a.pth", "is not in the cache " + cache);
  }

  @Test
  void withoutANetworkAndACacheItIsSaid() {
    hub.close();
    assertRefused("hf:some/model:a.pth", "127.0.0.1 cannot be reached, 3 times", "HTTPS_PROXY");
    hubs.with("HF_HUB_OFFLINE", "1");
    assertRefused("hf:some/model:a.pth", "is not in the cache");
  }

  @Test
  void aCacheThatCannotBeWrittenIsSaid() throws Exception {
    Path file = Files.writeString(cache.resolve("file"), "");
    hubs = new Hubs(hub, file.resolve("hub"));
    assertRefused("hf:some/model:a.pth", file.toString(), "--cache");
  }

  @Test
  void settingsThatAreWrongAreNamed() {
    hubs.with("HF_ENDPOINT", "huggingface.co");
    assertRefused("hf:some/model:a.pth", "HF_ENDPOINT is no address of a hub: huggingface.co");
    hubs.with("HF_ENDPOINT", "http://hub.example").with("HF_TOKEN", "hf_x");
    assertRefused("hf:some/model:a.pth", "HF_TOKEN would be sent to hub.example without TLS");
    hubs.with("HF_ENDPOINT", "https://hub.example").with("HTTPS_PROXY", "socks5://a:1");
    assertRefused("hf:some/model:a.pth", "HTTPS_PROXY is not the address of a proxy");
  }
}
