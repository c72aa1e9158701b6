package org.omnimamba.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.omnimamba.model.testing.Golden;
import org.omnimamba.model.testing.OracleFiles;
import org.omnimamba.model.testing.TinyModel;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code --like-reference} is the single options that its description names. */
class LikeReferenceTest {
  private static final List<String> SINGLE =
      List.of("--temperature", "1", "--top-k", "1", "--top-p", "0", "--control-tokens");

  private final String model = TinyModel.directory().toString();

  @TempDir private Path directory;

  private JsonNode run(List<String> more, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--model", model, "--json"));
    all.addAll(more);
    CommandRun run = new CommandRun();
    assertThat(run.execute(all.toArray(String[]::new))).as(run.err()).isZero();
    return JsonMapper.shared().readTree(run.out());
  }

  private JsonNode image(String caption, List<String> more) {
    return run(more, "image", caption, "-o", directory.resolve("a.png").toString());
  }

  private static List<String> with(List<String> options, String... more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of(more));
    return all;
  }

  @Test
  void picturesAreThoseOfTheScript() {
    // the last caption has 71 tokens, of which 68 are kept
    for (JsonNode golden : Golden.json("generate-tiny").path("t2i")) {
      String caption = golden.path("captions").get(0).stringValue();
      JsonNode like = image(caption, List.of("--like-reference"));
      assertThat(like.path("tokens"))
          .isEqualTo(golden.path("generated").get(0))
          .isEqualTo(image(caption, with(SINGLE, "--truncate")).path("tokens"));
    }
  }

  @Test
  void controlTokensInATextAreObeyed() {
    String caption = "a bed <|eot|><|soi|> and a cat";
    JsonNode like = image(caption, List.of("--like-reference"));
    assertThat(like.path("tokens"))
        .isEqualTo(image(caption, with(SINGLE, "--truncate")).path("tokens"))
        .isNotEqualTo(image(caption, List.of("--temperature", "0", "--truncate")).path("tokens"));
  }

  @Test
  void answersAreThoseOfTheScript() {
    JsonNode golden = Golden.json("full-mmu-tiny").path("runs").get(0);
    String[] chat = {
      "chat",
      "--image",
      OracleFiles.path(golden.path("photo").stringValue()).toString(),
      golden.path("question").stringValue()
    };
    JsonNode like = run(List.of("--like-reference"), chat);
    assertThat(like.path("tokens"))
        .isEqualTo(golden.path("generated"))
        .isEqualTo(run(with(SINGLE, "--max-tokens", "2048"), chat).path("tokens"));
    assertThat(run(List.of("--like-reference", "--max-tokens", "3"), chat).path("tokens"))
        .as("a shorter answer may be asked for")
        .hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--temperature=0",
        "--top-k=1",
        "--top-p=0.9",
        "--min-p=0.1",
        "--repetition-penalty=1.1",
        "--truncate",
        "--control-tokens"
      })
  void whatItDecidesIsNotGivenTwice(String option) {
    CommandRun run = new CommandRun();
    assertThat(run.execute("chat", "what?", "--model", model, "--like-reference", option))
        .isEqualTo(2);
    assertThat(run.err())
        .contains("--like-reference decides " + option.replaceFirst("=.*", "") + ";");
  }
}
