package org.omnimamba.inference.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.omnimamba.inference.serving.ServedModel;
import tools.jackson.databind.JsonNode;

/** Pictures over HTTP with the real tiny model. */
class ImagesTest {
  private static final TestServer SERVER = TestServer.shared();
  private static final String IMAGES = "/v1/images/generations";
  private static final int TOKENS = 16;

  /** Those that frame a caption. */
  private static final int FRAME = 4;

  static List<Oracle.Picture> oracle() {
    return Oracle.pictures();
  }

  @ParameterizedTest
  @MethodSource("oracle")
  void greedyPicturesAreTheReferences(Oracle.Picture expected) throws IOException {
    JsonNode result =
        SERVER.ok(
            IMAGES,
            "{\"prompt\":%s,\"temperature\":0,\"return_token_ids\":true,\"truncation\":\"auto\"}"
                .formatted(TestServer.quoted(expected.caption())));
    JsonNode datum = result.get("data").get(0);
    assertThat(Oracle.ids(datum.get("token_ids"))).isEqualTo(expected.ids());
    BufferedImage image = picture(datum.get("b64_json").stringValue());
    assertThat(image.getWidth()).isEqualTo(64);
    assertThat(image.getHeight()).isEqualTo(64);
    assertThat(result.get("size").stringValue()).isEqualTo("64x64");
    JsonNode usage = result.get("usage");
    int input =
        FRAME
            + Math.min(
                68, SERVER.bean(ServedModel.class).tokenizer().encode(expected.caption()).length);
    assertThat(usage.get("input_tokens").intValue()).isEqualTo(input);
    assertThat(usage.at("/input_tokens_details/text_tokens").intValue()).isEqualTo(input);
    assertThat(usage.at("/input_tokens_details/image_tokens").intValue()).isZero();
    assertThat(usage.get("output_tokens").intValue()).isEqualTo(TOKENS);
    assertThat(usage.get("total_tokens").intValue()).isEqualTo(input + TOKENS);
    boolean cut = expected.caption().length() > 100;
    assertThat(result.has("truncation")).isEqualTo(cut);
    if (cut) {
      assertThat(result.get("truncation").get("prompt_tokens").intValue()).isEqualTo(71);
      assertThat(result.get("truncation").get("kept_tokens").intValue()).isEqualTo(68);
    }
  }

  private static BufferedImage picture(String base64) throws IOException {
    BufferedImage image =
        ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(base64)));
    assertThat(image).isNotNull();
    return image;
  }

  @Test
  void tenPicturesOfOnePromptDifferAndRepeatWithTheirSeed() {
    String body = "{\"prompt\":\"a cat\",\"n\":10,\"seed\":5,\"return_token_ids\":true}";
    JsonNode first = SERVER.ok(IMAGES, body).get("data");
    Set<JsonNode> distinct = new HashSet<>();
    first.forEach(datum -> distinct.add(datum.get("token_ids")));
    assertThat(distinct).hasSize(10);
    assertThat(SERVER.ok(IMAGES, body).get("data")).isEqualTo(first);
    JsonNode alone =
        SERVER.ok(IMAGES, "{\"prompt\":\"a cat\",\"seed\":5,\"return_token_ids\":true}");
    assertThat(alone.get("data").get(0)).isEqualTo(first.get(0));
  }

  @Test
  void jpegIsJpeg() throws IOException {
    JsonNode result =
        SERVER.ok(
            IMAGES, "{\"prompt\":\"a cat\",\"output_format\":\"jpeg\",\"output_compression\":80}");
    String base64 = result.get("data").get(0).get("b64_json").stringValue();
    assertThat(Base64.getDecoder().decode(base64)).startsWith(0xff, 0xd8, 0xff);
    assertThat(picture(base64).getWidth()).isEqualTo(64);
    assertThat(result.get("output_format").stringValue()).isEqualTo("jpeg");
  }

  @Test
  void aStreamShowsThePictureAsItComes() throws IOException {
    String fields = "\"prompt\":\"a cat\",\"seed\":9,\"return_token_ids\":true";
    JsonNode whole = SERVER.ok(IMAGES, "{" + fields + "}");
    List<Sse.Event> events =
        Sse.events(
            SERVER.send(
                SERVER.post(
                    IMAGES,
                    "{"
                        + fields
                        + ",\"stream\":true,\"partial_images\":3,"
                        + "\"stream_options\":{\"include_progress\":true}}")));
    List<Integer> partials = new ArrayList<>();
    List<Integer> progress = new ArrayList<>();
    for (Sse.Event event : events) {
      JsonNode data = event.json();
      assertThat(data.get("type").stringValue()).isEqualTo(event.name());
      if (event.name().equals("image_generation.partial_image")) {
        partials.add(data.get("partial_image_index").intValue());
        assertThat(picture(data.get("b64_json").stringValue()).getWidth()).isEqualTo(64);
      } else if (event.name().equals("image_generation.progress")) {
        progress.add(data.get("tokens_done").intValue());
        assertThat(data.get("tokens_total").intValue()).isEqualTo(TOKENS);
      }
    }
    assertThat(partials).containsExactly(0, 1, 2);
    assertThat(progress).hasSize(TOKENS).startsWith(1, 2).endsWith(TOKENS);
    Sse.Event last = events.get(events.size() - 1);
    assertThat(last.name()).isEqualTo("image_generation.completed");
    assertThat(last.json().get("b64_json")).isEqualTo(whole.get("data").get(0).get("b64_json"));
    assertThat(last.json().get("token_ids")).isEqualTo(whole.get("data").get(0).get("token_ids"));
    assertThat(last.json().get("usage")).isEqualTo(whole.get("usage"));
  }

  @Test
  void aStreamOfSeveralPicturesCompletesEach() {
    List<Sse.Event> events =
        Sse.events(
            SERVER.send(
                SERVER.post(IMAGES, "{\"prompt\":\"a cat\",\"seed\":9,\"n\":3,\"stream\":true}")));
    assertThat(events.stream().map(Sse.Event::name))
        .containsOnly("image_generation.completed")
        .hasSize(3);
    assertThat(events.stream().map(e -> e.json().get("image_index").intValue()))
        .containsExactlyInAnyOrder(0, 1, 2);
    assertThat(
            events.stream()
                .mapToInt(e -> e.json().get("usage").get("total_tokens").intValue())
                .sum())
        .isEqualTo(inputTokens("a cat") + 3 * TOKENS);
  }

  @Test
  void aLongerPromptCountsMoreThanAShortOne() {
    assertThat(inputTokens("a cat")).isGreaterThan(FRAME).isLessThan(FRAME + 6);
    assertThat(inputTokens("a cat with a hat and a bat")).isGreaterThan(inputTokens("a cat"));
  }

  private static int inputTokens(String prompt) {
    JsonNode result = SERVER.ok(IMAGES, "{\"prompt\":%s}".formatted(TestServer.quoted(prompt)));
    return result.at("/usage/input_tokens").intValue();
  }
}
