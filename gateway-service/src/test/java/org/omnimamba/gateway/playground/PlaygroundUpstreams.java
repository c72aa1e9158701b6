package org.omnimamba.gateway.playground;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import javax.imageio.ImageIO;
import org.omnimamba.gateway.testing.Upstream;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Services that answer exactly when and what a test says, in the API's shapes. */
final class PlaygroundUpstreams implements AutoCloseable {
  static final String JOB = "0199aa00-0000-7000-8000-000000000001";
  static final String OLD_JOB = "0199aa00-0000-7000-8000-000000000000";

  /** Made before any event loop needs it: encoding a picture may read files. */
  private static final byte[] FINISHED = picture(1);

  final PlaygroundBatches batches = new PlaygroundBatches();
  final Upstream inference;
  final Upstream jobs;
  final AtomicReference<String> lastBody = new AtomicReference<>("");
  volatile Sinks.Many<String> stream = Sinks.many().unicast().onBackpressureBuffer();
  volatile Sinks.Many<String> jobEvents = Sinks.many().replay().all();
  volatile String jobStatus = "in_progress";
  volatile String asked = "a boat";

  PlaygroundUpstreams() {
    inference =
        Upstream.start(
            routes ->
                routes
                    .get(
                        "/v1/models",
                        (request, response) ->
                            json(
                                response,
                                "{\"object\":\"list\",\"data\":[{\"id\":\"omnimamba-tiny\","
                                    + "\"object\":\"model\"}]}"))
                    .post("/v1/images/generations", this::streamed)
                    .post("/v1/chat/completions", this::streamed));
    jobs =
        Upstream.start(
            routes -> {
              batches.routes(routes);
              routes
                  .get("/v1/jobs/" + JOB + "/events", (request, response) -> events(response))
                  .get(
                      "/v1/jobs/{id}/content",
                      (request, response) ->
                          response
                              .header("Content-Type", "image/png")
                              .sendByteArray(Mono.just(FINISHED)))
                  .post(
                      "/v1/jobs/" + JOB + "/cancel",
                      (request, response) -> {
                        jobStatus = "cancelled";
                        return json(response, "{\"outcome\":\"cancelled\"}");
                      })
                  .get("/v1/jobs", (request, response) -> json(response, list()))
                  .post(
                      "/v1/jobs",
                      (request, response) ->
                          request
                              .receive()
                              .aggregate()
                              .asString()
                              .doOnNext(lastBody::set)
                              .then(response.status(202).send().then()));
            });
  }

  private Publisher<Void> streamed(HttpServerRequest request, HttpServerResponse response) {
    return request
        .receive()
        .aggregate()
        .asString()
        .doOnNext(lastBody::set)
        .then(send(response, stream.asFlux()));
  }

  private Publisher<Void> events(HttpServerResponse response) {
    return send(response, jobEvents.asFlux());
  }

  private static Mono<Void> send(HttpServerResponse response, Flux<String> events) {
    Flux<ByteBuf> bytes =
        events
            .startWith(": open\n\n")
            .map(event -> Unpooled.copiedBuffer(event, StandardCharsets.UTF_8));
    return response.sse().send(bytes, each -> true).then();
  }

  private static Publisher<Void> json(HttpServerResponse response, String body) {
    return response.header("Content-Type", "application/json").sendString(Mono.just(body));
  }

  private String list() {
    return "{\"object\":\"list\",\"has_more\":false,\"data\":["
        + job(JOB, jobStatus, asked)
        + ","
        + job(OLD_JOB, "completed", null)
        + "]}";
  }

  private static String job(String id, String status, String summary) {
    return "{\"id\":\""
        + id
        + "\",\"object\":\"job\",\"status\":\""
        + status
        + (summary == null ? "" : "\",\"summary\":\"" + summary)
        + "\",\"endpoint\":\"/v1/images/generations\",\"created_at\":\"2026-11-23T10:00:00Z\","
        + "\"progress\":{\"tokens_done\":0,\"tokens_total\":0},\"metadata\":{}}";
  }

  void emit(String type, String fields) {
    stream.tryEmitNext("event: " + type + "\ndata: {\"type\":\"" + type + "\"," + fields + "}\n\n");
  }

  void chunk(String text) {
    stream.tryEmitNext(
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + text + "\"}}]}\n\n");
  }

  void usage(int read, int cached, int written) {
    stream.tryEmitNext(
        String.format(
            "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d,"
                + "\"prompt_tokens_details\":{\"cached_tokens\":%d}}}\n\n",
            read, written, cached));
  }

  void jobEvent(String type, String data) {
    jobEvents.tryEmitNext("id: 1\nevent: " + type + "\ndata: " + data + "\n\n");
  }

  void renew() {
    stream = Sinks.many().unicast().onBackpressureBuffer();
    jobEvents = Sinks.many().replay().all();
    jobStatus = "in_progress";
    asked = "a boat";
    batches.renew();
  }

  static String base64(double finished) {
    return Base64.getEncoder().encodeToString(picture(finished));
  }

  /** A picture whose lower part is still grey. */
  static byte[] picture(double finished) {
    BufferedImage image = new BufferedImage(384, 384, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.LIGHT_GRAY);
    graphics.fillRect(0, 0, 384, 384);
    graphics.setClip(0, 0, 384, (int) (384 * finished));
    graphics.setPaint(new GradientPaint(0, 0, new Color(0xF2C14E), 384, 384, new Color(0x0F766E)));
    graphics.fillRect(0, 0, 384, 384);
    graphics.setColor(new Color(0xC1121F));
    graphics.fillOval(92, 112, 200, 200);
    graphics.dispose();
    return png(image);
  }

  /** A picture that cannot be made small. */
  static byte[] noise() {
    BufferedImage image = new BufferedImage(384, 384, BufferedImage.TYPE_INT_RGB);
    Random random = new Random(1);
    for (int at = 0; at < 384 * 384; at++) {
      image.setRGB(at % 384, at / 384, random.nextInt());
    }
    return png(image);
  }

  private static byte[] png(BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  @Override
  public void close() {
    inference.close();
    jobs.close();
  }
}
