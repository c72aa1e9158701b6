package org.omnimamba.model.device;

/** A GPU was asked for, but TensorFlow has none; the message says why that may be. */
public final class NoGpuException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NoGpuException(Throwable cause) {
    super(
        "device GPU was asked for, but TensorFlow finds none: it is a build for CPUs (build with"
            + " OMNIMAMBA_TENSORFLOW=linux-x86_64-gpu), or CUDA finds no device (see nvidia-smi);"
            + " device CPU works everywhere",
        cause);
  }
}
