package org.omnimamba.inference;

import jakarta.validation.Valid;
import jakarta.validation.constraints.DecimalMax;
import jakarta.validation.constraints.DecimalMin;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.omnimamba.model.graph.Precision;
import org.omnimamba.model.runtime.StateStorage;
import org.omnimamba.model.weights.WeightLayout;
import org.omnimamba.model.weights.WeightStorage;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * How this service runs its model.
 *
 * @param model the model directory
 * @param engine how the device is shared
 * @param pictures what is kept of pictures that were asked about
 * @param runtime how the model is run on it
 * @param limits what a request may ask for
 * @param requestTimeout time after which a request fails, waiting included
 * @param bodyTimeout time in which a request's body must have arrived
 * @param pingInterval silence on a stream after which a comment is sent, so that proxies keep it
 * @param imageWorkers threads that decode and resize pictures, and as many that encode them; where
 *     it is not set, half the processors if the heap has room for so many pictures, at least 2
 */
@Validated
@ConfigurationProperties("omnimamba.inference")
public record InferenceProperties(
    @NotNull Path model,
    @Valid @DefaultValue EngineProperties engine,
    @Valid @DefaultValue PictureProperties pictures,
    @Valid @DefaultValue RuntimeProperties runtime,
    @Valid @DefaultValue Limits limits,
    @NotNull @DurationMin(seconds = 1) @DefaultValue("5m") Duration requestTimeout,
    @NotNull @DurationMin(millis = 100) @DefaultValue("30s") Duration bodyTimeout,
    @NotNull @DurationMin(millis = 100) @DefaultValue("15s") Duration pingInterval,
    @Nullable @Min(1) @Max(256) Integer imageWorkers) {

  /**
   * How the device is shared.
   *
   * @param slots sequences that run together; each holds one state on the device. Where it is not
   *     set the profile chooses
   * @param prefillChunk prompt positions fed between two decode steps
   * @param maxWaiting sequences that may wait beside those that run
   * @param maxTokens tokens (prompts, and completions at their longest) accepted and not yet done
   * @param tenantShare part of the room for sequences and for tokens that one tenant can fill while
   *     it is alone; 1 is no limit
   * @param jobShare part of the slots handed out that jobs get while interactive requests wait too
   * @param beside whether the towers and the drawing of pixels run beside the steps, in a second
   *     thread; where it is not set, on a GPU
   * @param failuresUntilUnready failed device calls in a row after which readiness is lost
   * @param probeInterval time between two attempts to use a failed device again
   * @param stallLimit duration of one iteration after which readiness is lost
   */
  public record EngineProperties(
      @Nullable @Min(2) @Max(4096) Integer slots,
      @Min(1) @Max(65536) @DefaultValue("256") int prefillChunk,
      @Min(0) @Max(100_000) @DefaultValue("128") int maxWaiting,
      @Min(1) @DefaultValue("262144") long maxTokens,
      @DecimalMin("0.1") @DecimalMax("1") @DefaultValue("0.75") double tenantShare,
      @DecimalMin("0.01") @DecimalMax("1") @DefaultValue("0.25") double jobShare,
      @Nullable Boolean beside,
      @Min(1) @DefaultValue("3") int failuresUntilUnready,
      @NotNull @DurationMin(millis = 1) @DefaultValue("5s") Duration probeInterval,
      @NotNull @DurationMin(millis = 1) @DefaultValue("60s") Duration stallLimit) {}

  /**
   * What is kept of pictures, so that another question on one does not read it again.
   *
   * @param deviceSlots states after pictures that stay on the device, each as large as a
   *     sequence's; where it is not set, as many as {@code deviceShare} holds on a GPU, and 2 on a
   *     CPU
   * @param deviceShare part of a GPU's memory for them
   * @param hostMemory for states that no longer find room there; lies in the Java heap
   * @param shared whether all tenants share the states. A quick answer then tells a tenant that a
   *     request has asked about the same picture before
   */
  public record PictureProperties(
      @Nullable @Min(0) @Max(4096) Integer deviceSlots,
      @DecimalMin("0") @DecimalMax("0.5") @DefaultValue("0.1") double deviceShare,
      @NotNull @DefaultValue("256MB") DataSize hostMemory,
      @DefaultValue("false") boolean shared) {
    private static final int SLOTS_ON_CPU = 2;

    /** More would make the start longer and no one's photos quicker. */
    private static final int MOST_SLOTS = 256;

    public PictureProperties {
      if (hostMemory.isNegative()) {
        throw new IllegalArgumentException(
            "omnimamba.inference.pictures.host-memory must be 0B (off) or more, is " + hostMemory);
      }
    }

    /**
     * Slots for states after pictures.
     *
     * @param gpuBytes memory of the GPU, 0 where the model runs on a CPU; asked only where it
     *     decides
     * @param stateBytes of one state, at least 1
     */
    public int slotsOn(LongSupplier gpuBytes, long stateBytes) {
      if (deviceSlots != null) {
        return deviceSlots;
      }
      long bytes = gpuBytes.getAsLong();
      return bytes == 0
          ? SLOTS_ON_CPU
          : (int) Math.min(MOST_SLOTS, (long) (deviceShare * bytes) / stateBytes);
    }
  }

  /**
   * How the model is run. Device and profile are all that a user needs; what is said besides wins
   * over what the profile chooses.
   *
   * @param device {@code AUTO}, {@code CPU} or {@code GPU}
   * @param profile {@code EXACT} or {@code FAST}; where it is not set, {@code FAST} on a GPU and
   *     {@code EXACT} on a CPU
   * @param compile whether XLA compiles the graphs; costs start-up time
   * @param compileThreads functions that XLA compiles side by side at the start; 0 takes 1 for the
   *     CPU and, for a GPU, one per processor, 8 at most
   * @param threads that share one operation on the CPU; 0 takes one per processor
   * @param storage how matrices are kept: {@code F32}, {@code BF16}, or {@code INT8}, which is for
   *     compiled models on a CPU and the default there if the model's weights are in int8
   * @param layout of the layers' weights: {@code SEPARATE} or {@code STACKED}
   * @param precision of products: {@code FLOAT32} or {@code BFLOAT16}
   * @param mergeLora whether the task adapters are added into the weights, one copy per task
   * @param handwrittenKernels whether hand-written kernels are used where they are possible: on a
   *     GPU, compiled, with stacked bfloat16 weights, bfloat16 products and adapters that are not
   *     merged
   * @param state how recurrent states are kept between steps: {@code F32}, or {@code F16} in half
   *     the memory
   */
  public record RuntimeProperties(
      @NotNull @DefaultValue("AUTO") DeviceChoice device,
      @Nullable RunProfile profile,
      @Nullable Boolean compile,
      @Min(0) @Max(64) @DefaultValue("0") int compileThreads,
      @Min(0) @Max(1024) @DefaultValue("0") int threads,
      @Nullable WeightStorage storage,
      @Nullable WeightLayout layout,
      @Nullable Precision precision,
      @Nullable Boolean mergeLora,
      @Nullable Boolean handwrittenKernels,
      @Nullable StateStorage state) {}

  /**
   * What a request may ask for. Each limit is checked before the thing itself is decoded.
   *
   * @param body bytes of a request's body
   * @param bodiesInFlight bytes of memory for all bodies being received or read; computed from the
   *     heap where it is not set
   * @param image bytes of an encoded picture
   * @param imageSide longest side of a picture
   * @param imagePixels width times height of a picture
   * @param jsonDepth nesting of a body
   * @param messages messages of a conversation
   * @param promptCharacters characters of all text in a prompt, before tokenization
   * @param defaultCompletionTokens length of an answer where the request does not say
   * @param choices sequences of one chat request
   */
  public record Limits(
      @NotNull @DefaultValue("32MB") DataSize body,
      @Nullable DataSize bodiesInFlight,
      @NotNull @DefaultValue("20MB") DataSize image,
      @Min(1) @DefaultValue("16384") int imageSide,
      @Min(1) @Max(500_000_000) @DefaultValue("25000000") long imagePixels,
      @Min(4) @Max(1000) @DefaultValue("32") int jsonDepth,
      @Min(1) @DefaultValue("64") int messages,
      @Min(1) @DefaultValue("32768") int promptCharacters,
      @Min(1) @DefaultValue("512") int defaultCompletionTokens,
      @Min(1) @Max(128) @DefaultValue("8") int choices) {

    private static final DataSize LARGEST = DataSize.ofGigabytes(1);

    public Limits {
      checkSize("limits.body", body);
      checkSize("limits.image", image);
    }

    private static void checkSize(String name, DataSize size) {
      if (size.toBytes() < 1 || size.compareTo(LARGEST) > 0) {
        throw new IllegalArgumentException(
            "omnimamba.inference.%s must be from 1 byte to %d GB, is %s"
                .formatted(name, LARGEST.toGigabytes(), size));
      }
    }
  }
}
