package org.omnimamba.model.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads a model's configuration: {@code config.json} as {@link ConfigWriter} writes it, or the
 * description of a reference model that a converter is given.
 */
public final class ConfigReader {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final long MAX_BYTES = 4 << 20;

  private ConfigReader() {}

  /**
   * Reads {@code config.json} of a model directory. Every field is required and no other is
   * allowed.
   *
   * @throws InvalidConfigException if the file is missing or wrong; the message names the file and
   *     every wrong field
   */
  public static ModelConfig read(Path file) {
    JsonNode json = parse(file);
    return inFile(file, () -> fromJson(json));
  }

  /**
   * Reads the description of a reference model: the object {@code config} (or the whole file, if it
   * has none) with the reference's own names, towers under {@code dino} and {@code siglip}. A file
   * in the form of {@code config.json} is read as such.
   *
   * @throws InvalidConfigException if the file is missing or wrong, or asks for something that this
   *     implementation does not have
   */
  public static ModelConfig readReference(Path file, String modelName) {
    JsonNode json = parse(file);
    JsonNode config = json.has("config") ? json.path("config") : json;
    return inFile(
        file,
        () ->
            config.has("towers") ? fromJson(config) : ReferenceConfig.fromJson(config, modelName));
  }

  /**
   * Reads the content of a {@code config.json}.
   *
   * @throws InvalidConfigException if a field is missing, unknown or wrong
   */
  public static ModelConfig fromJson(JsonNode json) {
    ConfigFields root = ConfigFields.root(json);
    ConfigFields lora = root.object("lora");
    ConfigFields projector = root.object("projector");
    ConfigFields vq = root.object("vq");
    ConfigFields tokens = root.object("special_tokens");
    List<ConfigFields> towers = root.objects("towers");

    String name = root.text("name");
    Supplier<LanguageModelConfig> language = ConfigParts.language(root, lora);
    Supplier<VisionConfig> vision = ConfigParts.vision(root, towers);
    Supplier<ProjectorConfig> projectorPart = ConfigParts.projector(projector);
    Supplier<VqConfig> vqPart = ConfigParts.vq(vq);
    Supplier<SpecialTokens> specialTokens = ConfigParts.specialTokens(tokens);

    root.refuseUnknown();
    lora.refuseUnknown();
    projector.refuseUnknown();
    vq.refuseUnknown();
    tokens.refuseUnknown();
    towers.forEach(ConfigFields::refuseUnknown);
    root.check();
    return new ModelConfig(
        name, language.get(), vision.get(), projectorPart.get(), vqPart.get(), specialTokens.get());
  }

  static JsonNode parse(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new InvalidConfigException("%s is too long for a configuration".formatted(file));
      }
      return MAPPER.readTree(file);
    } catch (java.nio.file.NoSuchFileException e) {
      throw new InvalidConfigException("%s: no such file".formatted(file), e);
    } catch (java.io.IOException e) {
      throw new InvalidConfigException("%s: %s".formatted(file, e.getMessage()), e);
    } catch (JacksonException e) {
      throw new InvalidConfigException(
          "%s is not valid JSON: %s".formatted(file, e.getOriginalMessage()), e);
    }
  }

  /** Names the file in what is wrong with its content. */
  static <T> T inFile(Path file, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (InvalidConfigException e) {
      throw new InvalidConfigException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }
}
