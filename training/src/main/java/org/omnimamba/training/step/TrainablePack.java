package org.omnimamba.training.step;

import org.omnimamba.model.device.DeviceVariable;
import org.omnimamba.model.device.DeviceVariables;
import org.omnimamba.model.device.ElementType;

/**
 * A pack of masters with AdamW's moments, which lie in memory as the masters do.
 *
 * @param decays whether weight decay applies
 * @param moment1 decaying mean of gradients
 * @param moment2 decaying mean of squared gradients
 */
record TrainablePack(
    ParameterPack masters, boolean decays, DeviceVariable moment1, DeviceVariable moment2) {

  static TrainablePack create(DeviceVariables variables, ParameterPack masters, boolean decays) {
    return new TrainablePack(
        masters,
        decays,
        zeros(variables, masters, "_moment1"),
        zeros(variables, masters, "_moment2"));
  }

  private static DeviceVariable zeros(
      DeviceVariables variables, ParameterPack masters, String suffix) {
    return variables.zeros(masters.name() + suffix, ElementType.F32, masters.values().shape());
  }
}
