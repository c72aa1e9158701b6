package org.omnimamba.jobs.web;

import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.info.Info;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.omnimamba.jobs.web.problem.OpenAiError;
import org.omnimamba.jobs.web.problem.ProblemType;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Completes the generated description: every operation may answer with a problem. */
@OpenAPIDefinition(
    info =
        @Info(
            title = "OmniMamba jobs",
            description = "Inference requests that are never lost, and webhooks that tell of them.",
            version = "1"))
@Configuration(proxyBeanMethods = false)
@ConditionalOnApi
class OpenApiConfiguration {
  private static final String PROBLEM = "application/problem+json";

  /** What submitting a job can be refused with, beside what every operation can. */
  private static final Map<String, String> SUBMISSION =
      Map.of(
          "409", "The first request with this Idempotency-Key is still running",
          "413", "The body is larger than allowed",
          "422", "Values that are not acceptable, a refused address, or a reused Idempotency-Key",
          "429", "As many jobs wait as may wait; see Retry-After");

  @Bean
  OpenApiCustomizer problems() {
    return api -> {
      api.setServers(List.of());
      api.getComponents().addSchemas("Problem", problem());
      api.getComponents().addSchemas("OpenAiError", openAiError());
      api.getPaths()
          .forEach(
              (address, path) ->
                  path.readOperations()
                      .forEach(
                          operation ->
                              operation
                                  .getResponses()
                                  .addApiResponse("default", failure(address))));
      PathItem jobs = api.getPaths().get("/v1/jobs");
      if (jobs != null) {
        describeSubmission(jobs.getPost().getResponses());
      }
    };
  }

  private static void describeSubmission(ApiResponses responses) {
    ApiResponse ended = responses.get("200");
    if (ended != null) {
      // a job that waits looks like a job that has ended
      responses.addApiResponse(
          "202", new ApiResponse().description("Accepted").content(ended.getContent()));
    }
    SUBMISSION.forEach((status, text) -> responses.addApiResponse(status, response(text)));
  }

  private static ApiResponse failure(String address) {
    return OpenAiError.isFor(address)
        ? response("An error as OpenAI's", "application/json", "OpenAiError")
        : response("A problem (RFC 9457)");
  }

  private static ApiResponse response(String description) {
    return response(description, PROBLEM, "Problem");
  }

  private static ApiResponse response(String description, String mediaType, String schema) {
    return new ApiResponse()
        .description(description)
        .content(
            new Content()
                .addMediaType(
                    mediaType,
                    new MediaType().schema(new Schema<>().$ref("#/components/schemas/" + schema))));
  }

  private static Schema<?> openAiError() {
    return new ObjectSchema()
        .addProperty(
            "error",
            new ObjectSchema()
                .addProperty("message", new StringSchema())
                .addProperty("type", new StringSchema())
                .addProperty("param", new StringSchema().nullable(true))
                .addProperty("code", new StringSchema().nullable(true)));
  }

  private static Schema<?> problem() {
    StringSchema type = new StringSchema();
    type.setEnum(Arrays.stream(ProblemType.values()).map(t -> t.uri().toString()).toList());
    Schema<?> error =
        new ObjectSchema()
            .addProperty("pointer", new StringSchema().description("a JSON pointer"))
            .addProperty("detail", new StringSchema());
    return new ObjectSchema()
        .addProperty("type", type)
        .addProperty("title", new StringSchema())
        .addProperty("status", new IntegerSchema())
        .addProperty("detail", new StringSchema())
        .addProperty("instance", new StringSchema())
        .addProperty("errors", new ArraySchema().items(error));
  }
}
