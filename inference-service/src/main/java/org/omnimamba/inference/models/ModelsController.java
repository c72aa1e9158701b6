package org.omnimamba.inference.models;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.util.List;
import org.omnimamba.inference.api.EngineStreams;
import org.omnimamba.inference.serving.ServedModel;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Tells which model is served. */
@RestController
@Tag(name = "Models")
class ModelsController {
  private final EngineStreams generations;
  private final ServedModel served;
  private final long created;

  ModelsController(EngineStreams generations, ServedModel served, Clock clock) {
    this.generations = generations;
    this.served = served;
    this.created = clock.instant().getEpochSecond();
  }

  @Operation(summary = "Lists the models")
  @GetMapping("/v1/models")
  ModelList list() {
    generations.requireReady();
    return new ModelList("list", List.of(model()));
  }

  @Operation(summary = "Tells about one model")
  @GetMapping("/v1/models/{id}")
  Model get(@PathVariable String id) {
    generations.requireReady();
    served.requireName(id);
    return model();
  }

  private Model model() {
    return new Model(served.name(), "model", created, "omnimamba");
  }

  /** All models. */
  @Schema(name = "ModelList")
  record ModelList(@JsonProperty("object") String object, @JsonProperty("data") List<Model> data) {}

  /**
   * One model.
   *
   * @param created Unix time in seconds at which this service started
   */
  @Schema(name = "Model")
  record Model(
      @JsonProperty("id") String id,
      @JsonProperty("object") String object,
      @JsonProperty("created") long created,
      @JsonProperty("owned_by") String ownedBy) {}
}
