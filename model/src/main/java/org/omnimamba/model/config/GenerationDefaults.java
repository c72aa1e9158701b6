package org.omnimamba.model.config;

import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;

/**
 * How a model is best asked, where the one who asks does not say: {@code generation_config.json} of
 * a model directory, which may be absent.
 *
 * @param imageTemperature of the tokens of pictures, 0 to 2. The reference draws from the unchanged
 *     distribution, 1; a small model draws cleaner pictures below it
 */
public record GenerationDefaults(float imageTemperature) {
  /** Its name in a model directory. */
  public static final String FILE = "generation_config.json";

  /** What the reference does. */
  public static final GenerationDefaults REFERENCE = new GenerationDefaults(1);

  private static final float MAX_TEMPERATURE = 2;

  public GenerationDefaults {
    if (!(imageTemperature >= 0 && imageTemperature <= MAX_TEMPERATURE)) {
      throw new InvalidConfigException(
          "t2i.temperature is %s, not between 0 and 2".formatted(imageTemperature));
    }
  }

  /**
   * Reads them from a model directory; without the file they are the reference's.
   *
   * @throws InvalidConfigException if the file is there and wrong; the message names it and every
   *     wrong field
   */
  public static GenerationDefaults read(Path directory) {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      return REFERENCE;
    }
    JsonNode json = ConfigReader.parse(file);
    return ConfigReader.inFile(file, () -> fromJson(json));
  }

  private static GenerationDefaults fromJson(JsonNode json) {
    ConfigFields root = ConfigFields.root(json);
    ConfigFields t2i = root.object("t2i");
    float temperature = t2i.number("temperature");
    t2i.refuseUnknown();
    root.refuseUnknown();
    root.check();
    return new GenerationDefaults(temperature);
  }
}
