package org.omnimamba.gateway.errors;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * The form of an error: OpenAI's error object on its routes, RFC 9457 problem details on the
 * platform's own.
 */
public enum ErrorEnvelope {
  OPENAI(MediaType.APPLICATION_JSON) {
    @Override
    Map<String, @Nullable Object> body(ApiException error, @Nullable String requestId) {
      Map<String, @Nullable Object> body = new LinkedHashMap<>();
      body.put("error", fields(error));
      return body;
    }
  },
  PROBLEM(MediaType.APPLICATION_PROBLEM_JSON) {
    @Override
    Map<String, @Nullable Object> body(ApiException error, @Nullable String requestId) {
      Map<String, @Nullable Object> body = new LinkedHashMap<>();
      body.put("type", problemType(error));
      body.put("title", error.status().getReasonPhrase());
      body.put("status", error.status().value());
      body.put("detail", error.detail());
      body.put("code", error.code());
      if (requestId != null) {
        body.put("request_id", requestId);
      }
      return body;
    }
  };

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final MediaType contentType;

  ErrorEnvelope(MediaType contentType) {
    this.contentType = contentType;
  }

  /** The envelope of a path. */
  public static ErrorEnvelope of(String path) {
    return path.startsWith("/v1/jobs")
            || path.startsWith("/v1/webhook-endpoints")
            || path.startsWith("/admin")
        ? PROBLEM
        : OPENAI;
  }

  public MediaType contentType() {
    return contentType;
  }

  /** The error as UTF-8 JSON. */
  public byte[] write(ApiException error, @Nullable String requestId) {
    return JSON.writeValueAsString(body(error, requestId)).getBytes(StandardCharsets.UTF_8);
  }

  abstract Map<String, @Nullable Object> body(ApiException error, @Nullable String requestId);

  /** A name for programs, made like those of the services. */
  private static String problemType(ApiException error) {
    return error.code() == null
        ? "about:blank"
        : "urn:omnimamba:problem:" + error.code().replace('_', '-');
  }

  private static Map<String, @Nullable Object> fields(ApiException error) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("message", error.detail());
    fields.put("type", error.type());
    fields.put("param", error.param());
    fields.put("code", error.code());
    return fields;
  }
}
