package org.omnimamba.jobs.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.jobs.testing.TestService;
import org.slf4j.LoggerFactory;

/**
 * What a refused upload leaves of its connection, which a gateway uses for the requests of all its
 * tenants.
 */
class RefusedUploadsTest {
  private static final String MEGABYTE = "x".repeat(1 << 20);

  private final TestService service = TestService.shared();
  private final String tenant = "refused-" + UUID.randomUUID();

  private static String part(String disposition, String content) {
    return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
  }

  private static String form(String which) {
    String file = part("name=\"file\"; filename=\"a\"", "a");
    String end = "--b--\r\n";
    return switch (which) {
      case "two files" -> file + file + end;
      case "two files and more" -> file + file + part("name=\"more\"", MEGABYTE) + end;
      case "a control character in the name" ->
          part("name=\"file\"; filename=\"a\u0000b\"", MEGABYTE) + end;
      case "an unknown part" -> part("name=\"colour\"", "red") + part("name=\"file\"", MEGABYTE);
      case "a field too long" -> part("name=\"purpose\"", MEGABYTE.repeat(3)) + end;
      case "a header too long" ->
          part("name=\"file\"; filename=\"a\"\r\nX-More: " + "y".repeat(100_000), "a") + end;
      case "much before the first part" -> MEGABYTE + "\r\n" + file + end;
      case "an unfinished form" -> part("name=\"purpose\"", "batch") + file.strip();
      case "a file too large" ->
          part("name=\"purpose\"", "batch")
              + part("name=\"file\"; filename=\"a\"", MEGABYTE.repeat(3) + "x")
              + end;
      default -> throw new IllegalArgumentException(which);
    };
  }

  private String request(String method, String path, String more, String body) {
    return method
        + " "
        + path
        + " HTTP/1.1\r\nHost: here\r\nX-OmniMamba-Internal-Token: "
        + TestService.TOKEN
        + "\r\nX-OmniMamba-Tenant: "
        + tenant
        + "\r\n"
        + more
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private String upload(String form) {
    return request("POST", "/v1/files", "Content-Type: multipart/form-data; boundary=b\r\n", form);
  }

  /** The status line of the next answer, whose body is read too. */
  private static String status(InputStream in) throws IOException {
    String status = line(in);
    int length = 0;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        length = Integer.parseInt(header.substring("content-length:".length()).strip());
      }
    }
    in.readNBytes(length);
    return status;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the connection ended after '" + line + "'");
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "two files",
        "two files and more",
        "a control character in the name",
        "an unknown part",
        "a field too long",
        "a header too long",
        "much before the first part",
        "an unfinished form",
        "a file too large",
      })
  void theNextRequestsOnItsConnectionAreAnswered(String which) throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    try (Socket socket = new Socket("127.0.0.1", service.port())) {
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int i = 0; i < 5; i++) {
        socket.getOutputStream().write(upload(form(which)).getBytes(ISO_8859_1));
        assertThat(status(in))
            .isEqualTo(
                which.equals("a file too large")
                    ? "HTTP/1.1 413 Request Entity Too Large"
                    : "HTTP/1.1 400 Bad Request");
        socket.getOutputStream().write(request("GET", "/v1/files", "", "").getBytes(ISO_8859_1));
        assertThat(status(in)).isEqualTo("HTTP/1.1 200 OK");
      }
    } finally {
      root.detachAppender(log);
    }
    assertThat(List.copyOf(log.list))
        .filteredOn(event -> event.getLevel() == Level.ERROR)
        .extracting(ILoggingEvent::getFormattedMessage)
        .isEmpty();
    assertThat(
            service
                .database()
                .number("SELECT count(*) FROM stored_file WHERE tenant = '" + tenant + "'"))
        .isZero();
  }

  @Test
  void aClientThatSendsWithoutEndIsNotReadForEver() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", service.port())) {
      String head =
          request("POST", "/v1/files", "Content-Type: multipart/form-data; boundary=b\r\n", "")
              .replace("Content-Length: 0", "Content-Length: 1000000000");
      socket.getOutputStream().write(head.getBytes(ISO_8859_1));
      socket.getOutputStream().write(form("two files").getBytes(ISO_8859_1));
      InputStream in = new BufferedInputStream(socket.getInputStream());
      byte[] more = MEGABYTE.getBytes(ISO_8859_1);
      // more than the largest file of this service
      for (int i = 0; i < 8 && in.available() == 0; i++) {
        socket.getOutputStream().write(more);
      }
      assertThat(status(in)).isEqualTo("HTTP/1.1 400 Bad Request");
    }
  }
}
