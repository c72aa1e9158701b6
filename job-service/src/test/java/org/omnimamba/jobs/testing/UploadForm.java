package org.omnimamba.jobs.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient.ResponseSpec;

/** The form of an upload, its parts in the order in which they are added. */
public final class UploadForm {
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  /** Adds a field. */
  public UploadForm field(String name, String value) {
    return part("name=\"" + name + "\"", value.getBytes(UTF_8));
  }

  /** Adds the file. */
  public UploadForm file(byte[] content) {
    return part("name=\"file\"; filename=\"questions.jsonl\"", content);
  }

  /** Adds the file, with a further header of its part. */
  public UploadForm file(byte[] content, String header) {
    return part("name=\"file\"; filename=\"questions.jsonl\"\r\n" + header, content);
  }

  private UploadForm part(String disposition, byte[] content) {
    body.writeBytes(
        ("--boundary\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n")
            .getBytes(UTF_8));
    body.writeBytes(content);
    body.writeBytes("\r\n".getBytes(UTF_8));
    return this;
  }

  /** Sends it. */
  public ResponseSpec post(WebTestClient client) {
    body.writeBytes("--boundary--\r\n".getBytes(UTF_8));
    return client
        .post()
        .uri("/v1/files")
        .header("Content-Type", "multipart/form-data; boundary=boundary")
        .bodyValue(body.toByteArray())
        .exchange();
  }
}
