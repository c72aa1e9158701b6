package org.omnimamba.evaluation.report;

import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.omnimamba.evaluation.data.Picture;
import org.omnimamba.evaluation.score.Scored;
import org.omnimamba.model.image.ImageDecoder;
import org.omnimamba.model.image.ImageEncoder;
import org.omnimamba.model.image.ImageLimits;
import org.omnimamba.model.image.InvalidImageException;
import org.omnimamba.model.image.Resampler;
import org.omnimamba.model.image.RgbImage;

/** A report as one page of HTML, with some right and some wrong answers and their pictures. */
final class HtmlReport {
  private static final int EXAMPLES = 12;
  private static final int LONGEST_SIDE = 160;
  private static final int JPEG_QUALITY = 80;
  private static final int LONGEST_TEXT = 500;

  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
      <title>%1$s</title>
      <style>
      body { font: 15px/1.4 system-ui, sans-serif; margin: 2em auto; max-width: 60em; padding: 0 1em }
      table { border-collapse: collapse; margin: 1em 0 }
      td, th { border-bottom: 1px solid #ccc; padding: .2em .8em; text-align: left }
      .examples { display: grid; gap: 1em; grid-template-columns: repeat(auto-fill, minmax(16em, 1fr)) }
      .examples div { border: 1px solid #ccc; padding: .6em }
      img { display: block; max-width: 100%%; margin-bottom: .5em }
      </style>
      </head>
      <body>
      <h1>%1$s</h1>
      """;

  private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);

  String of(BenchmarkReport report) {
    StringBuilder out = new StringBuilder();
    out.append(HEAD.formatted(escaped("OmniMamba, " + report.benchmark())));
    if (report.hasScores()) {
      paragraph("Scorer " + report.scorer() + ": " + report.rule() + ".", out);
      table(Cells.comparison(report), out);
      table(Cells.scores(report.table()), out);
    }
    report.notes().forEach(note -> paragraph("Note: " + note + ".", out));
    Cells.faults(report)
        .forEach((kind, count) -> paragraph("Unusable: " + count + ", " + kind + ".", out));
    if (report.hasScores()) {
      examples("Wrong answers", report.scored(), each -> !each.judgement().right(), out);
      examples("Right answers", report.scored(), each -> each.judgement().right(), out);
    }
    return out.append("</body>\n</html>\n").toString();
  }

  private static void table(List<List<String>> rows, StringBuilder out) {
    out.append("<table>\n");
    for (int at = 0; at < rows.size(); at++) {
      String tag = at == 0 ? "th" : "td";
      out.append("<tr>");
      rows.get(at).forEach(cell -> out.append("<%1$s>%2$s</%1$s>".formatted(tag, escaped(cell))));
      out.append("</tr>\n");
    }
    out.append("</table>\n");
  }

  private void examples(
      String title, List<Scored> scored, Predicate<Scored> wanted, StringBuilder out) {
    List<Scored> all = scored.stream().filter(wanted).toList();
    out.append("<h2>%s (%d of %d)</h2>%n".formatted(title, all.size(), scored.size()));
    out.append("<div class=\"examples\">\n");
    int shown = Math.min(EXAMPLES, all.size());
    // spread evenly, not the first of one category
    IntStream.range(0, shown)
        .mapToObj(i -> all.get((int) ((long) i * all.size() / shown)))
        .forEach(each -> example(each, out));
    out.append("</div>\n");
  }

  private void example(Scored each, StringBuilder out) {
    out.append("<div>");
    picture(each.question().picture(), out);
    paragraph(each.question().text(), out);
    out.append("<b>%s</b>%n".formatted(escaped(shortened(each.answer()))));
    String right = String.join(", ", each.question().answers());
    paragraph("right: " + right + "; read as: " + each.judgement().readAs(), out);
    out.append("<small>%s</small></div>%n".formatted(escaped(each.question().id())));
  }

  private void picture(Picture picture, StringBuilder out) {
    try {
      RgbImage image = decoder.decode(picture.bytes());
      double scale = Math.min(1, LONGEST_SIDE / (double) Math.max(image.width(), image.height()));
      RgbImage small =
          Resampler.resize(
              image,
              Math.max(1, (int) Math.round(image.width() * scale)),
              Math.max(1, (int) Math.round(image.height() * scale)));
      out.append("<img alt=\"\" src=\"data:image/jpeg;base64,")
          .append(Base64.getEncoder().encodeToString(ImageEncoder.jpeg(small, JPEG_QUALITY)))
          .append("\">\n");
    } catch (IOException | InvalidImageException e) {
      paragraph("the picture is gone: " + picture.name(), out);
    }
  }

  private static void paragraph(String text, StringBuilder out) {
    out.append("<p>%s</p>%n".formatted(escaped(shortened(text))));
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "...";
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
