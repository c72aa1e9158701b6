package org.omnimamba.inference.serving;

import org.omnimamba.inference.InferenceProperties;
import org.omnimamba.model.checkpoint.Checkpoint;
import org.omnimamba.model.device.DeviceProgram;
import org.omnimamba.model.device.ExecutionOptions;
import org.omnimamba.model.device.ExecutionOptions.Device;
import org.omnimamba.model.runtime.RuntimeOptions;
import org.omnimamba.model.runtime.language.LanguageModel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Room on the device for states after pictures. */
final class PictureRoom {
  private static final Logger log = LoggerFactory.getLogger(PictureRoom.class);

  private PictureRoom() {}

  /**
   * Slots for such states beside those of sequences: as many as are asked for, or as the device has
   * room for.
   *
   * @param options how the model is going to be loaded
   */
  static int slots(InferenceProperties properties, RuntimeOptions options) {
    ExecutionOptions execution = options.execution();
    long stateBytes;
    try (Checkpoint checkpoint = Checkpoint.open(properties.model())) {
      stateBytes = LanguageModel.stateBytes(checkpoint.config().language(), options.state());
    }
    int slots =
        properties
            .pictures()
            .slotsOn(
                () ->
                    execution.device() == Device.GPU
                        ? DeviceProgram.gpuMemoryBytes(execution.threads())
                        : 0,
                stateBytes);
    log.info("{} states after pictures are kept on the device, {} bytes each", slots, stateBytes);
    return slots;
  }
}
