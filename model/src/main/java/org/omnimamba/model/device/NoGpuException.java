package org.omnimamba.model.device;

/** More GPUs were asked for than TensorFlow has; the message says why that may be. */
public final class NoGpuException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NoGpuException(Throwable cause) {
    super(
        "device GPU was asked for, but TensorFlow finds none: it is a build for CPUs (build with"
            + " OMNIMAMBA_TENSORFLOW=linux-x86_64-gpu), or CUDA finds no device (see nvidia-smi);"
            + " device CPU works everywhere",
        cause);
  }

  NoGpuException(int wanted, int found, Throwable cause) {
    super(
        "%d devices of kind GPU were asked for, but TensorFlow finds %d (see nvidia-smi and CUDA_VISIBLE_DEVICES)"
            .formatted(wanted, found),
        cause);
  }
}
