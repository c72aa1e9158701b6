package org.omnimamba.training.icons;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.StringReader;
import java.util.regex.Pattern;
import org.apache.batik.transcoder.ErrorHandler;
import org.apache.batik.transcoder.SVGAbstractTranscoder;
import org.apache.batik.transcoder.TranscoderException;
import org.apache.batik.transcoder.TranscoderInput;
import org.apache.batik.transcoder.TranscoderOutput;
import org.apache.batik.transcoder.image.ImageTranscoder;
import org.jspecify.annotations.Nullable;

/**
 * Draws SVG, on white or on nothing. The drawing is made four times as large and averaged down,
 * since shapes that touch show seams where each is smoothed on its own. Scripts and references to
 * other files are refused. Safe for use by several threads.
 */
public final class SvgRasterizer {
  private static final int SUPERSAMPLING = 4;

  /**
   * A colour with an alpha, which SVG 1.1 does not know. The sets that have some give the same
   * alpha in the opacity attribute beside it too, so the colour alone is what was meant.
   */
  private static final Pattern RGBA =
      Pattern.compile("rgba\\(([^,()]+,[^,()]+,[^,()]+),[^,()]+\\)");

  private final int size;

  /**
   * @param size width and height of the result in pixels
   */
  public SvgRasterizer(int size) {
    this.size = size;
  }

  /**
   * Draws one document in the middle of the square.
   *
   * @return RGB bytes {@code [size, size, 3]}
   * @throws TranscoderException if it cannot be drawn
   */
  public byte[] draw(String svg) throws TranscoderException {
    return averaged(drawn(svg, Color.WHITE));
  }

  /**
   * Draws one document in the middle of the square, on nothing.
   *
   * @return ARGB pixels {@code [size, size]}, colours not multiplied with alpha; 0 where there is
   *     nothing
   * @throws TranscoderException if it cannot be drawn
   */
  public int[] drawTransparent(String svg) throws TranscoderException {
    return averagedWithAlpha(drawn(svg, null));
  }

  private int[] drawn(String svg, @Nullable Color ground) throws TranscoderException {
    Canvas canvas = new Canvas();
    float large = (float) size * SUPERSAMPLING;
    canvas.addTranscodingHint(SVGAbstractTranscoder.KEY_WIDTH, large);
    canvas.addTranscodingHint(SVGAbstractTranscoder.KEY_HEIGHT, large);
    if (ground != null) {
      canvas.addTranscodingHint(ImageTranscoder.KEY_BACKGROUND_COLOR, ground);
    }
    canvas.addTranscodingHint(SVGAbstractTranscoder.KEY_ALLOW_EXTERNAL_RESOURCES, false);
    canvas.addTranscodingHint(SVGAbstractTranscoder.KEY_ALLOWED_SCRIPT_TYPES, "");
    String plain = RGBA.matcher(svg).replaceAll("rgb($1)");
    try {
      canvas.transcode(new TranscoderInput(new StringReader(plain)), null);
    } catch (RuntimeException e) {
      // what the parts below the transcoder refuse arrives unchecked, often without a message
      throw new TranscoderException(reason(e), e);
    }
    BufferedImage image = canvas.image;
    if (image == null) {
      throw new TranscoderException("nothing was drawn");
    }
    return ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
  }

  /** Means of colours are weighted with alpha, or edges would darken. */
  private int[] averagedWithAlpha(int[] argb) {
    int[] mean = new int[size * size];
    int area = SUPERSAMPLING * SUPERSAMPLING;
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        int alpha = 0;
        int red = 0;
        int green = 0;
        int blue = 0;
        for (int i = 0; i < area; i++) {
          int row = y * SUPERSAMPLING + i / SUPERSAMPLING;
          int pixel = argb[row * size * SUPERSAMPLING + x * SUPERSAMPLING + i % SUPERSAMPLING];
          int a = pixel >>> 24;
          alpha += a;
          red += a * (pixel >> 16 & 255);
          green += a * (pixel >> 8 & 255);
          blue += a * (pixel & 255);
        }
        if (alpha > 0) {
          mean[y * size + x] =
              (alpha + area / 2) / area << 24
                  | (red + alpha / 2) / alpha << 16
                  | (green + alpha / 2) / alpha << 8
                  | (blue + alpha / 2) / alpha;
        }
      }
    }
    return mean;
  }

  private static String reason(Throwable error) {
    Throwable deepest = error;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return String.valueOf(deepest.getMessage()).replaceAll("\\s+", " ").strip();
  }

  private byte[] averaged(int[] argb) {
    byte[] rgb = new byte[size * size * 3];
    int area = SUPERSAMPLING * SUPERSAMPLING;
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        int red = 0;
        int green = 0;
        int blue = 0;
        for (int i = 0; i < area; i++) {
          int row = y * SUPERSAMPLING + i / SUPERSAMPLING;
          int pixel = argb[row * size * SUPERSAMPLING + x * SUPERSAMPLING + i % SUPERSAMPLING];
          red += pixel >> 16 & 255;
          green += pixel >> 8 & 255;
          blue += pixel & 255;
        }
        int at = (y * size + x) * 3;
        rgb[at] = (byte) ((red + area / 2) / area);
        rgb[at + 1] = (byte) ((green + area / 2) / area);
        rgb[at + 2] = (byte) ((blue + area / 2) / area);
      }
    }
    return rgb;
  }

  /** Keeps the picture instead of writing it to a file. */
  private static final class Canvas extends ImageTranscoder {
    private @Nullable BufferedImage image;

    Canvas() {
      setErrorHandler(new Refusal());
    }

    @Override
    public BufferedImage createImage(int width, int height) {
      return new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
    }

    @Override
    public void writeImage(BufferedImage drawn, @Nullable TranscoderOutput output) {
      image = drawn;
    }
  }

  /** Makes errors exceptions; the usual handler prints them. */
  private static final class Refusal implements ErrorHandler {
    @Override
    public void error(TranscoderException e) throws TranscoderException {
      throw e;
    }

    @Override
    public void fatalError(TranscoderException e) throws TranscoderException {
      throw e;
    }

    @Override
    public void warning(TranscoderException e) {
      // the picture is drawn all the same
    }
  }
}
