package org.omnimamba.gateway.body;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.errors.ApiException;
import org.omnimamba.web.replica.PictureAffinity;
import org.springframework.http.HttpStatus;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads a JSON body once, front to back, without keeping any of it.
 *
 * <p>What two programs could read differently is refused here, so that the gateway and the service
 * behind it always mean the same request: names given twice, text that is not UTF-8, anything after
 * the end of the document.
 */
final class FactsReader {
  /** Larger numbers count as this one: more than any service takes, and products of it fit. */
  private static final long MOST = 1L << 20;

  private final JsonFactory json;

  FactsReader(int maxDepth) {
    this.json =
        JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(maxDepth).build())
            .build();
  }

  /**
   * The facts of a body.
   *
   * @throws ApiException 400 saying what is wrong with the JSON
   */
  RequestFacts read(byte[] body) {
    requireUtf8(body);
    try (JsonParser parser = json.createParser(ObjectReadContext.empty(), body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw invalid("invalid_json", "The body must be a JSON object.");
      }
      RequestFacts facts = new Walk(parser, body).facts();
      if (parser.nextToken() != null) {
        throw invalid("invalid_json", "The body goes on after the end of its JSON object.");
      }
      return facts;
    } catch (StreamConstraintsException e) {
      throw invalid("invalid_json", "The JSON is nested too deeply, or a number is too long.");
    } catch (JacksonException e) {
      throw malformed(e);
    }
  }

  private static ApiException malformed(JacksonException e) {
    String original = e.getOriginalMessage();
    if (original != null && original.startsWith("Duplicate")) {
      return invalid("duplicate_key", "The JSON names one of its fields twice" + where(e) + ".");
    }
    return invalid("invalid_json", "The body is not valid JSON" + where(e) + ".");
  }

  private static String where(JacksonException e) {
    return e.getLocation() == null || e.getLocation().getLineNr() < 1
        ? ""
        : " (line "
            + e.getLocation().getLineNr()
            + ", column "
            + e.getLocation().getColumnNr()
            + ")";
  }

  private static void requireUtf8(byte[] body) {
    // Four zero-bearing bytes, or a mark, are how UTF-16 and UTF-32 begin; the parser would follow.
    for (int i = 0; i < Math.min(4, body.length); i++) {
      if (body[i] == 0) {
        throw notUtf8();
      }
    }
    if (body.length > 1 && (body[0] & 0xff) >= 0xef) {
      throw notUtf8();
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    CharBuffer sink = CharBuffer.allocate(Math.min(8192, body.length + 1));
    ByteBuffer source = ByteBuffer.wrap(body);
    CoderResult result;
    do {
      sink.clear();
      result = decoder.decode(source, sink, true);
    } while (result.isOverflow());
    if (result.isError()) {
      throw notUtf8();
    }
  }

  private static ApiException notUtf8() {
    return invalid("invalid_encoding", "The body must be UTF-8 without a byte order mark.");
  }

  private static ApiException invalid(String code, String message) {
    return ApiException.invalidRequest(HttpStatus.BAD_REQUEST, code, message);
  }

  /** One pass over the tokens of the outermost object. */
  private static final class Walk {
    private final JsonParser parser;
    private final byte[] body;
    private int depth = 1;
    private @Nullable Long maxTokens;
    private @Nullable Long maxCompletionTokens;
    private int count = 1;
    private boolean stream;
    private long picture;
    private boolean background;
    private boolean drawing;
    private RequestFacts.@Nullable Span urlFormat;
    private @Nullable String name;

    Walk(JsonParser parser, byte[] body) {
      this.parser = parser;
      this.body = body;
    }

    RequestFacts facts() {
      while (depth > 0) {
        JsonToken token = parser.nextToken();
        switch (token) {
          case START_OBJECT, START_ARRAY -> depth++;
          case END_OBJECT, END_ARRAY -> depth--;
          case PROPERTY_NAME -> name = parser.currentName();
          case VALUE_STRING -> string();
          default -> {
            if (depth == 1) {
              topLevel(token);
            }
          }
        }
      }
      return new RequestFacts(
          maxCompletionTokens == null ? maxTokens : maxCompletionTokens,
          count,
          stream,
          picture,
          background,
          drawing,
          urlFormat);
    }

    private void topLevel(JsonToken token) {
      if (name == null) {
        return;
      }
      switch (name) {
        case "max_tokens" -> maxTokens = number(token);
        case "max_completion_tokens", "max_output_tokens" -> maxCompletionTokens = number(token);
        case "n" -> {
          Long number = number(token);
          count = number == null ? 1 : (int) Math.min(number, MOST);
        }
        case "stream" -> stream = token == JsonToken.VALUE_TRUE;
        case "background" -> background = token == JsonToken.VALUE_TRUE;
        default -> {
          // the services' business
        }
      }
    }

    /** A whole number from 1; null for anything else, which the service will refuse. */
    private @Nullable Long number(JsonToken token) {
      if (token != JsonToken.VALUE_NUMBER_INT) {
        return null;
      }
      if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
        return parser.getBigIntegerValue().signum() > 0 ? Long.MAX_VALUE : null;
      }
      long value = parser.getLongValue();
      return value >= 1 ? value : null;
    }

    private void string() {
      if (depth == 1 && "response_format".equals(name)) {
        responseFormat();
      } else if (depth == 3 && "type".equals(name)) {
        drawing |= parser.getString().equals("image_generation");
      } else if (picture == 0 && ("url".equals(name) || "image_url".equals(name))) {
        inlinedPicture();
      }
    }

    private void responseFormat() {
      if (parser.getString().equals("url")) {
        urlFormat =
            new RequestFacts.Span(
                (int) parser.currentTokenLocation().getByteOffset(),
                (int) parser.currentLocation().getByteOffset());
      }
    }

    /** The string's own bytes stand for the picture: it is neither decoded nor copied. */
    private void inlinedPicture() {
      int from = (int) parser.currentTokenLocation().getByteOffset();
      if (!startsWithDataUri(from + 1)) {
        return;
      }
      parser.finishToken();
      int to = (int) parser.currentLocation().getByteOffset();
      picture = PictureAffinity.of(body, from, to);
    }

    private boolean startsWithDataUri(int at) {
      byte[] mark = {'d', 'a', 't', 'a', ':'};
      for (int i = 0; i < mark.length; i++) {
        if (at + i >= body.length || body[at + i] != mark[i]) {
          return false;
        }
      }
      return true;
    }
  }
}
