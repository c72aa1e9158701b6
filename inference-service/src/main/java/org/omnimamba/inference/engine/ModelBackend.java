package org.omnimamba.inference.engine;

import java.util.List;
import org.omnimamba.model.generation.StepRow;
import org.omnimamba.model.image.RgbImage;
import org.omnimamba.model.sampling.StepOutput;

/**
 * What the engine needs of a model on a device. Every method is called by the engine's one thread.
 * A method that throws has failed on the device: the states of the slots it was given are unknown
 * afterwards, all others are untouched.
 */
public interface ModelBackend extends AutoCloseable {

  /** Number of slots, at least two. */
  int slots();

  /**
   * Slots beside those of sequences, for states that are kept; numbered from {@link #slots()} on.
   * Only {@link #copyState}, {@link #save} and {@link #restore} take them.
   */
  int spareSlots();

  /** Bytes that the state of one slot takes, on the device and in host memory. */
  long stateBytes();

  /**
   * Embeds a prompt; runs the vision towers when it holds a picture that is going to be fed.
   *
   * @param from the first position that {@link #prefill} will be asked for: 0, or the picture's end
   * @return the prompt as {@link #prefill} takes it
   */
  PreparedPrompt prepare(PromptInput prompt, int from);

  /**
   * Feeds positions {@code from} (inclusive) to {@code to} (exclusive) of a prompt into a slot.
   * {@code from == 0} starts from the zero state.
   *
   * @return logits of position {@code to - 1}, {@code [vocabulary of the task]}
   */
  float[] prefill(int slot, PreparedPrompt prompt, int from, int to);

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

  /** A prompt after embedding. */
  interface PreparedPrompt {}

  /** A slot's state in host memory; it never changes. */
  interface SlotSnapshot {}
}
