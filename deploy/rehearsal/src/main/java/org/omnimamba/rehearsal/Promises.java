package org.omnimamba.rehearsal;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Keeps promises of the documentation one by one, and reports which were kept. */
final class Promises {
  private static final HttpClient PLAIN =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final String act;
  private final Report report;
  private final String url;

  /** One promise: what came of it, or an exception that says what went wrong. */
  interface Promise {
    String keep() throws Exception;
  }

  /**
   * @param act name of the act in the report
   * @param url address of the gateway
   */
  Promises(String act, Report report, String url) {
    this.act = act;
    this.report = report;
    this.url = url;
  }

  void check(String what, Promise promise) {
    try {
      report.add(act, what, true, promise.keep());
    } catch (Exception | AssertionError e) {
      report.add(act, what, false, e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  /** A request to the gateway without a key. */
  HttpResponse<String> withoutKey(String path) throws IOException, InterruptedException {
    return plain(URI.create(url + path));
  }

  /** A request without a key. */
  static HttpResponse<String> plain(URI address) throws IOException, InterruptedException {
    return PLAIN.send(
        HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(30)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  static String expect(HttpResponse<?> response, int status) {
    if (response.statusCode() != status) {
      throw new IllegalStateException(
          response.request().method()
              + " "
              + response.request().uri().getPath()
              + " gave "
              + response.statusCode()
              + ", not "
              + status
              + ": "
              + (response.body() instanceof String text ? text : ""));
    }
    return Integer.toString(status);
  }

  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  static String header(HttpResponse<?> response, String name) {
    return response
        .headers()
        .firstValue(name)
        .orElseThrow(() -> new IllegalStateException("no header " + name));
  }

  static void requireHeader(HttpResponse<?> response, String name, String value) {
    String given = header(response, name);
    require(given.equals(value), name + " is " + given + ", not " + value);
  }
}
