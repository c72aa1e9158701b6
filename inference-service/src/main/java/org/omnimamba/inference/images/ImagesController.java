package org.omnimamba.inference.images;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.omnimamba.inference.api.ErrorBody;
import org.omnimamba.inference.api.GenerationEndpoint;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/** Pictures from a caption. */
@RestController
@Tag(name = "Images")
class ImagesController {
  private final GenerationEndpoint endpoint;
  private final ImageAnswers answers;

  ImagesController(GenerationEndpoint endpoint, ImageAnswers answers) {
    this.endpoint = endpoint;
    this.answers = answers;
  }

  @Operation(
      summary = "Draws pictures",
      requestBody =
          @RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = MediaType.APPLICATION_JSON_VALUE,
                      schema = @Schema(implementation = ImageGenerationRequest.class))))
  @ApiResponse(
      responseCode = "200",
      description = "The pictures, or with stream a series of events",
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE,
            schema = @Schema(implementation = ImageResult.class)),
        @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE)
      })
  @ApiResponse(
      responseCode = "default",
      description = "An error",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @PostMapping("/v1/images/generations")
  Mono<Void> generate(ServerWebExchange exchange) {
    return endpoint.answer(exchange, ImageGenerationRequest.class, answers);
  }
}
