package org.omnimamba.training.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.omnimamba.model.image.ImageDecoder;
import org.omnimamba.model.image.ImageLimits;
import org.omnimamba.model.image.InvalidImageException;
import org.omnimamba.model.image.Resampler;

/**
 * Conversations of a {@link LlavaConversation} file; each picture is read, and resized as the
 * towers want it, when its turn comes.
 */
public final class ConversationFile implements Examples<MmuExample> {
  private final List<LlavaConversation> conversations;
  private final Path images;
  private final int size;
  private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT);

  /**
   * @param file the conversations
   * @param images folder that their image paths start from
   * @param size side in pixels that the model's towers take
   * @throws InvalidDataException if the file is damaged or names a path outside the folder
   */
  public ConversationFile(Path file, Path images, int size) {
    this.conversations = LlavaConversation.read(file);
    this.images = images.toAbsolutePath().normalize();
    this.size = size;
    for (LlavaConversation conversation : conversations) {
      if (conversation.image() != null) {
        path(conversation.image());
      }
    }
  }

  private Path path(String image) {
    Path path = images.resolve(image).normalize();
    if (!path.startsWith(images)) {
      throw new InvalidDataException("image '%s' lies outside %s".formatted(image, images));
    }
    return path;
  }

  @Override
  public int count() {
    return conversations.size();
  }

  @Override
  public MmuExample example(int index, RandomGenerator random) {
    LlavaConversation conversation = conversations.get(index);
    String image = conversation.image();
    return new MmuExample(image == null ? null : pixels(path(image)), conversation.turns());
  }

  private byte[] pixels(Path path) {
    try {
      return Resampler.resize(decoder.decode(Files.readAllBytes(path)), size, size).rgb();
    } catch (IOException | InvalidImageException e) {
      throw new InvalidDataException("cannot use image " + path + ": " + e.getMessage(), e);
    }
  }
}
