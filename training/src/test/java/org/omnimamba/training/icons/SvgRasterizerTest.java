package org.omnimamba.training.icons;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.batik.transcoder.TranscoderException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SvgRasterizerTest {
  private static final String HEAD =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\""
          + " viewBox=\"0 0 4 4\">";

  @Test
  void drawsOnWhiteAndAveragesEdges() throws Exception {
    // black on the left half of the second column
    byte[] pixels = draw("<rect x=\"1\" y=\"0\" width=\"0.5\" height=\"4\"/>");
    assertThat(pixels).hasSize(4 * 4 * 3);
    assertThat(pixels[0] & 0xFF).isEqualTo(255);
    assertThat(pixels[3] & 0xFF).isBetween(126, 129);
    assertThat(pixels[6] & 0xFF).isEqualTo(255);
  }

  @Test
  void drawsReferencesWithinTheDocument() throws Exception {
    byte[] pixels =
        draw(
            "<defs><path id=\"a\" fill=\"#f00\" d=\"M0 0h4v4H0z\"/></defs><use"
                + " xlink:href=\"#a\"/>");
    assertThat(pixels).startsWith(255, 0, 0);
  }

  @Test
  void readsNoOtherFiles(@TempDir Path folder) throws Exception {
    Path other = folder.resolve("other.svg");
    Files.writeString(other, HEAD + "<path id=\"a\" d=\"M0 0h4v4H0z\"/></svg>");
    assertThatThrownBy(() -> draw("<use xlink:href=\"%s#a\"/>".formatted(other.toUri())))
        .isInstanceOf(TranscoderException.class);
  }

  @Test
  void whatIsNoSvgIsRefused() {
    assertThatThrownBy(() -> draw("<path d=\"M0")).isInstanceOf(TranscoderException.class);
  }

  @Test
  void takesAnAlphaInAColourFromTheOpacityBesideIt() throws Exception {
    byte[] pixels =
        draw(
            "<linearGradient id=\"g\"><stop stop-color=\"rgba(255, 0, 0, .5)\""
                + " stop-opacity=\".5\"/></linearGradient>"
                + "<path fill=\"url(#g)\" d=\"M0 0h4v4H0z\"/>");
    assertThat(pixels[0] & 0xFF).isEqualTo(255);
    assertThat(pixels[1] & 0xFF).isBetween(126, 129);
  }

  @Test
  void aColourThatIsNotKnownIsRefusedWithItsReason() {
    assertThatThrownBy(
            () ->
                draw(
                    "<linearGradient id=\"g\"><stop stop-color=\"hsl(1, 2%, 3%)\"/>"
                        + "</linearGradient><path fill=\"url(#g)\" d=\"M0 0h4v4H0z\"/>"))
        .isInstanceOf(TranscoderException.class)
        .hasMessageContaining("stop-color");
  }

  private static byte[] draw(String body) throws TranscoderException {
    return new SvgRasterizer(4).draw(HEAD + body + "</svg>");
  }
}
