package org.omnimamba.gateway.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.omnimamba.gateway.testing.Gateway;

/** Requests that mean harm, byte for byte, each with the status it is to get. */
final class HostileRequests {
  private static final String KEY = "Authorization: Bearer " + Gateway.KEY + "\r\n";
  private static final String JSON = "Content-Type: application/json\r\n";
  private static final String CHAT = "/v1/chat/completions";

  private static final String MADE_UP = "0".repeat(32) + ".9999999999." + "0".repeat(32) + ".png";

  private HostileRequests() {}

  /**
   * A request and the status it is to get; {@link RawAnswer#CLOSED} for a connection that just
   * ends.
   */
  record Attack(String name, byte[] bytes, Set<Integer> intended) {
    @Override
    public String toString() {
      return name + " -> " + intended;
    }
  }

  private static Attack attack(String name, int status, byte[] bytes) {
    return new Attack(name, bytes, Set.of(status));
  }

  private static Attack attack(String name, int status, String request) {
    return attack(name, status, request.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static Attack get(String name, int status, String target) {
    return attack(name, status, "GET " + target + " HTTP/1.1\r\nHost: x\r\n" + KEY + "\r\n");
  }

  private static Attack with(String name, int status, String headers) {
    return attack(name, status, "GET /v1/models HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n");
  }

  private static Attack post(String name, int status, String headers, byte[] body) {
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(
        ("POST "
                + CHAT
                + " HTTP/1.1\r\nHost: x\r\n"
                + KEY
                + headers
                + "Content-Length: "
                + body.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.ISO_8859_1));
    request.writeBytes(body);
    return attack(name, status, request.toByteArray());
  }

  private static Attack json(String name, int status, String body) {
    return post(name, status, JSON, body.getBytes(StandardCharsets.UTF_8));
  }

  private static Attack framed(String name, int status, String headersAndBody) {
    return attack(
        name, status, "POST " + CHAT + " HTTP/1.1\r\nHost: x\r\n" + KEY + JSON + headersAndBody);
  }

  static List<Attack> attacks() {
    List<Attack> all = new ArrayList<>();
    paths(all);
    methods(all);
    headers(all);
    framing(all);
    bodies(all);
    otherAddresses(all);
    return all;
  }

  /** What holds for chat holds where bodies go elsewhere, too. */
  private static void otherAddresses(List<Attack> all) {
    for (String path : List.of("/admin/v1/keys", "/v1/jobs")) {
      Stream.of(
              posted(path, "a key given twice", 400, JSON, "{\"name\":\"a\",\"name\":\"b\"}"),
              posted(path, "a list", 400, JSON, "[]"),
              posted(path, "more after the end", 400, JSON, "{\"name\":\"a\"}{}"),
              posted(
                  path,
                  "deep JSON",
                  400,
                  JSON,
                  "{\"a\":" + "[".repeat(500) + "]".repeat(500) + "}"),
              posted(path, "bytes that are no UTF-8", 400, JSON, "{\"name\":\"\u00ff\"}"),
              posted(path, "a form", 415, "Content-Type: text/plain\r\n", "{}"),
              posted(path, "a compressed body", 415, JSON + "Content-Encoding: gzip\r\n", "{}"),
              sent(path, "a length over the limit", 413, "Content-Length: 1048577\r\n\r\n{}"),
              sent(
                  path,
                  "chunks over the limit",
                  413,
                  "Transfer-Encoding: chunked\r\n\r\n"
                      + ("8000\r\n" + " ".repeat(0x8000) + "\r\n").repeat(33)
                      + "0\r\n\r\n"),
              sent(path, "a body that stops", 408, "Content-Length: 10\r\n\r\n{\"a\""))
          .forEach(all::add);
    }
    String form = "Content-Type: multipart/form-data; boundary=x\r\n";
    String gzip = form + "Content-Encoding: gzip\r\n";
    String twice = form + "Content-Encoding: identity\r\nContent-Encoding: gzip\r\n";
    all.add(posted("/v1/files", "a compressed form", 415, gzip, "--x--"));
    all.add(posted("/v1/files", "a form with two codings", 415, twice, "--x--"));
  }

  private static Attack posted(String path, String name, int status, String headers, String body) {
    return attack(
        name + " to " + path,
        status,
        "POST "
            + path
            + " HTTP/1.1\r\nHost: x\r\n"
            + KEY
            + headers
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  private static Attack sent(String path, String name, int status, String headersAndBody) {
    return attack(
        name + " to " + path,
        status,
        "POST " + path + " HTTP/1.1\r\nHost: x\r\n" + KEY + JSON + headersAndBody);
  }

  private static void paths(List<Attack> all) {
    Stream.of(
            get("the actuator", 404, "/actuator"),
            get("an actuator endpoint", 404, "/actuator/env"),
            get("the actuator in capitals", 404, "/ACTUATOR/health"),
            get("an empty segment", 400, "//actuator/health"),
            get("dots up to the actuator", 400, "/v1/../actuator/health"),
            get("dots as escapes", 400, "/v1/%2e%2e/actuator/health"),
            get("dots escaped twice", 400, "/v1/models/%252e%252e/actuator"),
            get("a slash as an escape", 400, "/v1/models%2f..%2f..%2factuator"),
            get("path parameters", 400, "/v1/models/..;/..;/actuator"),
            get("a backslash", 400, "/v1/models\\..\\actuator"),
            get("an escaped backslash", 400, "/v1/models/%5c..%5cactuator"),
            get("a zero byte", 400, "/v1/models/%00"),
            get("overlong UTF-8", 400, "/v1/models/%c0%ae%c0%ae/actuator"),
            get("a broken escape", 400, "/v1/models/%zz"),
            get("a hidden file", 400, "/playground/.git"),
            get("dots out of the page's folder", 400, "/playground/../gateway-service.yml"),
            get("the configuration", 404, "/gateway-service.yml"),
            get("a class of ours", 404, "/org/omnimamba/gateway/GatewayServiceApplication.class"),
            get("the services' documentation", 404, "/v3/api-docs/swagger-config"),
            get("an address of nobody", 404, "/v1/embeddings"),
            get("a prefix of an address", 404, "/v1"),
            get("a trailing slash", 404, "/v1/models/"),
            get("below an address", 404, "/v1/models/a/b"),
            get("another host in the target", 404, "http://127.0.0.1:9080/actuator/health"),
            get("a picture of nobody", 404, "/v1/images/files/x"),
            get("a picture with a made-up signature", 404, "/v1/images/files/" + MADE_UP),
            get("the folder of pictures", 404, "/v1/images/files"),
            get("no path at all", 404, "http://127.0.0.1:9080/actuator"),
            get("a path of 2,000 characters", 400, "/v1/models/" + "a".repeat(2000)),
            get("a path of 9,000 characters", 414, "/v1/models/" + "a".repeat(9000)),
            get("a target without a slash", 200, "v1/models"))
        .forEach(all::add);
  }

  private static void methods(List<Attack> all) {
    for (String method : List.of("TRACE", "OPTIONS", "PUT", "PATCH", "DELETE", "FOO")) {
      all.add(
          attack(
              "method " + method,
              405,
              method + " /v1/models HTTP/1.1\r\nHost: x\r\n" + KEY + "\r\n"));
    }
    all.add(
        attack(
            "a method in a header",
            405,
            "POST /v1/models HTTP/1.1\r\nHost: x\r\nX-HTTP-Method-Override: GET\r\n"
                + KEY
                + "Content-Length: 0\r\n\r\n"));
  }

  private static void headers(List<Attack> all) {
    Stream.of(
            attack("no host", 400, "GET /v1/models HTTP/1.1\r\n" + KEY + "\r\n"),
            attack("an empty host", 400, "GET /v1/models HTTP/1.1\r\nHost:\r\n" + KEY + "\r\n"),
            attack(
                "an empty host of an old client",
                400,
                "GET /v1/models HTTP/1.0\r\nHost: \r\n" + KEY + "\r\n"),
            attack(
                "two hosts",
                400,
                "GET /v1/models HTTP/1.1\r\nHost: x\r\nHost: y\r\n" + KEY + "\r\n"),
            attack(
                "an old client without a host", 200, "GET /v1/models HTTP/1.0\r\n" + KEY + "\r\n"),
            with("no key", 401, ""),
            with("a key of another kind", 401, "Authorization: Basic YTpi\r\n"),
            with("two keys", 401, KEY + KEY),
            with("an empty key", 401, "Authorization: Bearer \r\n"),
            with("a key of 5,000 characters", 401, bearer("a".repeat(5000))),
            with("almost the key", 401, bearer(Gateway.KEY + "x")),
            with("the key in the wrong place", 401, "X-Api-Key: " + Gateway.KEY + "\r\n"),
            attack(
                "the key in the address",
                401,
                "GET /v1/models?api_key=" + Gateway.KEY + " HTTP/1.1\r\nHost: x\r\n\r\n"),
            with(
                "the internal token instead of a key",
                401,
                "X-OmniMamba-Internal-Token: " + Gateway.INTERNAL_TOKEN + "\r\n"),
            with("a smuggled tenant", 200, KEY + "X-OmniMamba-Tenant: root\r\n"),
            with("a smuggled token", 200, KEY + "X-OmniMamba-Internal-Token: wrong\r\n"),
            with(
                "the token named as a hop's own header",
                200,
                KEY + "Connection: X-OmniMamba-Internal-Token, X-OmniMamba-Tenant\r\n"),
            with(
                "headers of a proxy",
                200,
                KEY + "X-Forwarded-For: 1.2.3.4\r\nForwarded: for=a\r\n"),
            with("an address that was rewritten", 200, KEY + "X-Original-URL: /actuator\r\n"),
            with(
                "a request for a socket",
                200,
                KEY + "Connection: Upgrade\r\nUpgrade: websocket\r\n"),
            with("a request for HTTP/2", 200, KEY + "Connection: Upgrade\r\nUpgrade: h2c\r\n"),
            with("a request id with a line end", 200, KEY + "X-Request-Id: a%0d%0ab\r\n"),
            with("headers of 20 kB", 431, KEY + "X-Long: " + "a".repeat(20_000) + "\r\n"),
            with("a space before the colon", 400, KEY + "X-Bad : 1\r\n"),
            with("a control character", 400, KEY + "X-Bad: a\u0001b\r\n"),
            with("an empty header name", 400, KEY + ": 1\r\n"))
        .forEach(all::add);
  }

  private static String bearer(String key) {
    return "Authorization: Bearer " + key + "\r\n";
  }

  private static void framing(List<Attack> all) {
    Stream.of(
            framed("two lengths", 400, "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} "),
            framed(
                "a length and chunks",
                400,
                "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
            framed("a negative length", 400, "Content-Length: -1\r\n\r\n{}"),
            framed("a length that is no number", 400, "Content-Length: 2a\r\n\r\n{}"),
            framed("a length of 10 GB", 413, "Content-Length: 10000000000\r\n\r\n{}"),
            framed("a length just over the limit", 413, "Content-Length: 1048577\r\n\r\n{}"),
            framed("a coding nobody knows", 400, "Transfer-Encoding: xchunked\r\n\r\n{}"),
            framed(
                "a broken chunk", 400, "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
            framed(
                "chunks over the limit",
                413,
                "Transfer-Encoding: chunked\r\n\r\n"
                    + ("8000\r\n" + " ".repeat(0x8000) + "\r\n").repeat(33)
                    + "0\r\n\r\n"),
            framed("a body that never comes", 408, "Content-Length: 10\r\n\r\n"),
            framed("a body that stops", 408, "Content-Length: 10\r\n\r\n{\"a\""),
            framed("chunks that stop", 408, "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"),
            attack(
                "a head that never ends",
                RawAnswer.CLOSED,
                "GET /v1/models HTTP/1.1\r\nHost: x\r\nX-A: "),
            attack(
                "a body on a GET",
                400,
                "GET /v1/models HTTP/1.1\r\nHost: x\r\n"
                    + KEY
                    + JSON
                    + "Content-Length: 2\r\n\r\n{}"),
            attack("no HTTP at all", 400, "hello\r\n\r\n"),
            attack("bytes of a TLS client", 400, "\u0016\u0003\u0001\u0002\u0000\u0001\r\n\r\n"))
        .forEach(all::add);
  }

  private static void bodies(List<Attack> all) {
    Stream.of(
            json("half a document", 400, "{\"a\":"),
            json("two documents", 400, "{}{}"),
            json("an array", 400, "[]"),
            json("a name twice", 400, "{\"model\":\"a\",\"model\":\"b\"}"),
            json("a name twice, once escaped", 400, "{\"n\":1,\"\\u006e\":9}"),
            json("100,000 levels", 400, "{\"a\":" + "[".repeat(100_000)),
            json("a number of 100,000 digits", 400, "{\"n\":" + "9".repeat(100_000) + "}"),
            json("a name of 100,000 characters", 400, "{\"" + "a".repeat(100_000) + "\":1}"),
            json("a byte order mark", 400, "\ufeff{}"),
            post("UTF-16", 400, JSON, "{\"a\":1}".getBytes(StandardCharsets.UTF_16LE)),
            post("Latin-1", 400, JSON, "{\"a\":\"\u00e4\"}".getBytes(StandardCharsets.ISO_8859_1)),
            post(
                "UTF-7 by its name",
                415,
                "Content-Type: application/json;charset=utf-7\r\n",
                ascii("{}")),
            post("no type", 415, "", ascii("{}")),
            post("text", 415, "Content-Type: text/plain\r\n", ascii("{}")),
            post(
                "a form", 415, "Content-Type: multipart/form-data; boundary=x\r\n", ascii("--x--")),
            post("two types", 415, JSON + "Content-Type: text/plain\r\n", ascii("{}")),
            post("a type that is none", 415, "Content-Type: json\r\n", ascii("{}")),
            post(
                "a compressed body",
                415,
                JSON + "Content-Encoding: gzip\r\n",
                new byte[] {31, -117}))
        .forEach(all::add);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
