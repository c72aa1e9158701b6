package org.omnimamba.training.run;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/**
 * Draws {@code curve.csv} as {@code curve.png}: the loss, pale, and its running mean over steps.
 */
final class CurvePlot {
  static final String FILE = "curve.png";
  private static final int WIDTH = 800;
  private static final int HEIGHT = 450;
  private static final int MARGIN = 56;
  private static final int LINES = 5;

  /** Weight of a new value in the running mean. */
  private static final double SMOOTHING = 0.1;

  private static final Color RAW = new Color(0xb0c4de);
  private static final Color MEAN = new Color(0x1f4e9c);
  private static final Color GRID = new Color(0xdddddd);

  private final Graphics2D graphics;
  private final double[] steps;
  private final double[] losses;
  private final double low;
  private final double high;

  private CurvePlot(Graphics2D graphics, double[] steps, double[] losses) {
    this.graphics = graphics;
    this.steps = steps;
    this.losses = losses;
    double min = Double.MAX_VALUE;
    double max = -Double.MAX_VALUE;
    for (double loss : losses) {
      min = Math.min(min, loss);
      max = Math.max(max, loss);
    }
    this.low = min;
    this.high = max > min ? max : min + 1;
  }

  /** Draws the curve of an output folder; without lines there is nothing to draw. */
  static void write(Path output) {
    try {
      List<String> lines = Files.readAllLines(output.resolve(LossCurve.FILE));
      List<double[]> points = new ArrayList<>();
      for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
        String[] columns = line.split(",", -1);
        points.add(new double[] {Double.parseDouble(columns[0]), Double.parseDouble(columns[3])});
      }
      if (points.isEmpty()) {
        return;
      }
      BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
      Graphics2D graphics = image.createGraphics();
      new CurvePlot(
              graphics,
              points.stream().mapToDouble(point -> point[0]).toArray(),
              points.stream().mapToDouble(point -> point[1]).toArray())
          .draw();
      graphics.dispose();
      ImageIO.write(image, "png", output.resolve(FILE).toFile());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot draw the curve of " + output, e);
    }
  }

  private void draw() {
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, WIDTH, HEIGHT);
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    for (int i = 0; i <= LINES; i++) {
      double loss = low + (high - low) * i / LINES;
      double step = steps[0] + (lastStep() - steps[0]) * i / LINES;
      graphics.setColor(GRID);
      graphics.drawLine(MARGIN, (int) y(loss), WIDTH - MARGIN, (int) y(loss));
      graphics.setColor(Color.DARK_GRAY);
      label(String.format(Locale.ROOT, "%.3g", loss), 6, (int) y(loss) + 4);
      label(String.format(Locale.ROOT, "%.0f", step), (int) x(step) - 10, HEIGHT - MARGIN + 20);
    }
    label("loss over steps", MARGIN, MARGIN - 20);
    graphics.setColor(RAW);
    graphics.draw(line(losses));
    graphics.setColor(MEAN);
    graphics.setStroke(new java.awt.BasicStroke(2));
    graphics.draw(line(runningMean()));
  }

  /** A machine without fonts gets a curve without numbers. */
  private void label(String text, int x, int y) {
    try {
      graphics.drawString(text, x, y);
    } catch (RuntimeException | LinkageError | InternalError e) {
      graphics.drawLine(x, y, x + 4, y);
    }
  }

  private double[] runningMean() {
    double[] means = losses.clone();
    for (int i = 1; i < means.length; i++) {
      means[i] = means[i - 1] + SMOOTHING * (losses[i] - means[i - 1]);
    }
    return means;
  }

  private Path2D line(double[] values) {
    Path2D path = new Path2D.Double();
    path.moveTo(x(steps[0]), y(values[0]));
    for (int i = 1; i < values.length; i++) {
      path.lineTo(x(steps[i]), y(values[i]));
    }
    return path;
  }

  private double lastStep() {
    return Math.max(steps[steps.length - 1], steps[0] + 1);
  }

  private double x(double step) {
    return MARGIN + (WIDTH - 2 * MARGIN) * (step - steps[0]) / (lastStep() - steps[0]);
  }

  private double y(double loss) {
    return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (loss - low) / (high - low);
  }
}
