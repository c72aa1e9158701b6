package org.omnimamba.training.data;

import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.omnimamba.model.image.RgbImage;

/**
 * Conversations of a {@link LlavaConversation} file; each picture is read, and resized as the
 * towers want it, when its turn comes. A conversation whose picture cannot be read is one about no
 * picture, as in the reference.
 */
public final class ConversationFile implements Examples<MmuExample> {
  private final List<LlavaConversation> conversations;
  private final PictureFolder images;
  private final int size;

  /**
   * @param file the conversations
   * @param images folder that their image paths start from
   * @param size side in pixels that the model's towers take
   * @param textOnly whether conversations about no picture are kept; the reference drops them
   * @throws InvalidDataException if the file is damaged or names a path outside the folder
   */
  public ConversationFile(Path file, PictureFolder images, int size, boolean textOnly) {
    this.conversations =
        LlavaConversation.read(file).stream()
            .filter(conversation -> textOnly || conversation.image() != null)
            .toList();
    this.images = images;
    this.size = size;
    for (LlavaConversation conversation : conversations) {
      if (conversation.image() != null) {
        images.requireInside(conversation.image());
      }
    }
  }

  @Override
  public int count() {
    return conversations.size();
  }

  @Override
  public MmuExample example(int index, RandomGenerator random) {
    LlavaConversation conversation = conversations.get(index);
    String image = conversation.image();
    RgbImage picture = image == null ? null : images.resized(image, size);
    return new MmuExample(picture == null ? null : picture.rgb(), conversation.turns());
  }
}
