package org.omnimamba.inference.engine;

import java.util.List;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.image.ImagePixels;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.sampling.StepOutput;

/**
 * What the engine needs of a model on a device. The engine's thread calls every method; where the
 * backend {@link #worksBeside}, {@link #look} and {@link #draw} are called by a second thread, one
 * at a time, while the first calls others. A method that throws has failed on the device: the
 * states of the slots it was given are unknown afterwards, all others are untouched.
 */
public interface ModelBackend extends AutoCloseable {
  /** A prompt without a picture, or behind it. */
  int NO_PLACE = -1;

  /** Number of slots, at least two. */
  int slots();

  /**
   * Slots beside those of sequences, for states that are kept; numbered from {@link #slots()} on.
   * Only {@link #copyState}, {@link #save} and {@link #restore} take them.
   */
  int spareSlots();

  /** Bytes that the state of one slot takes, on the device and in host memory. */
  long stateBytes();

  /** Whether {@link #look} and {@link #draw} may run, and gain by it, beside the other calls. */
  boolean worksBeside();

  /** Pictures of prompts that the device holds at once, at least one. */
  int imagePlaces();

  /**
   * Runs the vision towers and leaves what they see on the device.
   *
   * @param place from 0 to below {@link #imagePlaces}; no prompt with it is fed meanwhile
   */
  void look(ImagePixels pixels, int place);

  /**
   * Feeds positions {@code from} (inclusive) to {@code to} (exclusive) of a prompt into a slot.
   * {@code from == 0} starts from the zero state.
   *
   * @param place that holds the prompt's picture, if one of its positions is among them; else
   *     {@link #NO_PLACE}
   * @return logits of position {@code to - 1}, {@code [vocabulary of the task]}
   */
  float[] prefill(int slot, PromptInput prompt, int place, int from, int to);

  /**
   * Feeds one token into each of some slots, of either task.
   *
   * @param rows of distinct slots
   * @return for each row a {@link StepOutput.Drawn}, or its {@link StepOutput.Logits} if it has no
   *     draws; it does not depend on the other rows
   */
  StepOutput[] step(List<StepRow> rows);

  /** Tokens that {@link #steps} draws at the price of one call, at most; 1 if there is no gain. */
  int tokensPerCall();

  /**
   * {@link #step} several times: the first tokens as given, then those that were drawn. What a
   * sequence gets after its last position is undefined.
   *
   * @param rows each with draws
   * @param count tokens to draw for each row
   * @return the drawn ids, {@code [row][count]}; negative where a logit was not finite, after which
   *     nothing is defined
   */
  int[][] steps(List<StepRow> rows, int count);

  /** Makes {@code toSlot} an exact copy of {@code fromSlot}. */
  void copyState(int fromSlot, int toSlot);

  /** Copies a slot's state to host memory. The slot is untouched, even if this fails. */
  SlotSnapshot save(int slot);

  /** Makes a slot hold, bit by bit, what was saved. */
  void restore(int slot, SlotSnapshot state);

  /** Draws a picture from its tokens; missing tokens at the end leave their part grey. */
  RgbImage draw(int[] codes);

  /** Runs one real prefill and one real step of each task in slot 0, which must be free. */
  void probe();

  @Override
  void close();

  /** Opens a backend on the engine's thread. */
  @FunctionalInterface
  interface Factory {
    /**
     * The backend, loaded.
     *
     * @throws RuntimeException if the model cannot be loaded; the message says why
     */
    ModelBackend open();
  }

  /** A slot's state in host memory; it never changes. */
  interface SlotSnapshot {}
}
