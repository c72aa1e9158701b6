package org.omnimamba.inference.chat;

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

/** Text from a conversation. */
@RestController
@Tag(name = "Chat")
class ChatController {
  private final GenerationEndpoint endpoint;
  private final ChatAnswers answers;

  ChatController(GenerationEndpoint endpoint, ChatAnswers answers) {
    this.endpoint = endpoint;
    this.answers = answers;
  }

  @Operation(
      summary = "Continues a conversation",
      requestBody =
          @RequestBody(
              required = true,
              content =
                  @Content(
                      mediaType = MediaType.APPLICATION_JSON_VALUE,
                      schema = @Schema(implementation = ChatCompletionRequest.class))))
  @ApiResponse(
      responseCode = "200",
      description = "The answer, or with stream a series of events",
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON_VALUE,
            schema = @Schema(implementation = ChatCompletion.class)),
        @Content(mediaType = MediaType.TEXT_EVENT_STREAM_VALUE)
      })
  @ApiResponse(
      responseCode = "default",
      description = "An error",
      content = @Content(schema = @Schema(implementation = ErrorBody.class)))
  @PostMapping("/v1/chat/completions")
  Mono<Void> complete(ServerWebExchange exchange) {
    return endpoint.answer(exchange, ChatCompletionRequest.class, answers);
  }
}
