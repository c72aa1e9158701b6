package org.omnimamba.training.emoji;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.omnimamba.model.image.ImageEncoder;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.text.Turn;
import org.omnimamba.training.data.JsonLines;
import org.omnimamba.training.data.LlavaConversation;
import org.omnimamba.training.data.LlavaConversation.Message;
import org.omnimamba.training.data.Picture;
import org.omnimamba.training.data.PictureSet;
import tools.jackson.databind.json.JsonMapper;

/** The demo's data in the formats of other programs: PNG files, captions, LLaVA conversations. */
public final class EmojiFiles {
  /** Conversations, {@link LlavaConversation}s. */
  public static final String CONVERSATIONS = "conversations.json";

  /** Captions: an image path and a caption a line. */
  public static final String CAPTIONS = "captions.jsonl";

  private static final long SEED = 1;

  private EmojiFiles() {}

  /**
   * Writes one conversation and one caption for each picture, the ones of a fixed seed.
   *
   * @param folder made where it does not exist
   */
  public static void write(PictureSet set, Path folder) throws IOException {
    Path images = Files.createDirectories(folder.resolve("images"));
    Questions questions = new Questions(set.pictures());
    List<LlavaConversation> conversations = new ArrayList<>();
    List<Map<String, String>> captions = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(SEED);
    for (Picture picture : set.pictures()) {
      String name = "%06d.png".formatted(picture.index());
      RgbImage image = new RgbImage(set.size(), set.size(), set.pixels(picture.index()));
      Files.write(images.resolve(name), ImageEncoder.png(image));
      String path = "images/" + name;
      conversations.add(
          new LlavaConversation(path, messages(questions.conversation(picture, random))));
      captions.add(Map.of("image", path, "caption", Captions.caption(picture, random)));
    }
    Files.writeString(
        folder.resolve(CONVERSATIONS), JsonMapper.shared().writeValueAsString(conversations));
    JsonLines.write(folder.resolve(CAPTIONS), captions);
  }

  private static List<Message> messages(List<Turn> turns) {
    List<Message> messages = new ArrayList<>();
    for (int i = 0; i < turns.size(); i++) {
      boolean human = turns.get(i).role() == Turn.Role.USER;
      String text = (i == 0 ? "<image>\n" : "") + turns.get(i).text();
      messages.add(new Message(human ? "human" : "gpt", text));
    }
    return messages;
  }
}
