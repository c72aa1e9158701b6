package org.omnimamba.training.scenes;

import org.omnimamba.training.scenes.sprites.Sprite;

/** Paints scenes. Safe for use by several threads. */
public final class SceneComposer {
  private static final int CHANNELS = 3;
  private final int size;

  /**
   * @param size side of the pictures in pixels
   */
  public SceneComposer(int size) {
    this.size = size;
  }

  /** Side of the pictures in pixels. */
  public int size() {
    return size;
  }

  /** RGB bytes of a scene, {@code [size, size, 3]}. */
  public byte[] compose(Scene scene) {
    byte[] rgb = new byte[size * size * CHANNELS];
    int ground = scene.ground().rgb();
    for (int i = 0; i < rgb.length; i += CHANNELS) {
      rgb[i] = (byte) (ground >> 16);
      rgb[i + 1] = (byte) (ground >> 8);
      rgb[i + 2] = (byte) ground;
    }
    for (SceneObject object : scene.objects()) {
      blend(rgb, object);
    }
    return rgb;
  }

  private void blend(byte[] rgb, SceneObject object) {
    Sprite sprite = object.sprite();
    int width = Math.max(1, (int) Math.round(object.width() * size));
    int height = Math.max(1, (int) Math.round(object.height() * size));
    float[] scaled =
        new SpriteScaler(sprite.width(), sprite.height(), width, height).scaled(sprite.argb());
    int left = (int) Math.round(object.centreX() * size - width / 2.0);
    int top = (int) Math.round(object.centreY() * size - height / 2.0);
    for (int y = Math.max(0, -top); y < height && top + y < size; y++) {
      for (int x = Math.max(0, -left); x < width && left + x < size; x++) {
        int from = (y * width + x) * SpriteScaler.CHANNELS;
        float rest = 1 - scaled[from + 3] / 255;
        if (rest < 1) {
          int to = ((top + y) * size + left + x) * CHANNELS;
          for (int channel = 0; channel < CHANNELS; channel++) {
            float value = scaled[from + channel] + rest * (rgb[to + channel] & 255);
            rgb[to + channel] = (byte) Math.min(255, Math.max(0, Math.round(value)));
          }
        }
      }
    }
  }
}
