package org.omnimamba.model.sampling;

/** A sampling parameter outside its range. */
public final class InvalidSamplingException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final String parameter;

  InvalidSamplingException(String parameter, String complaint) {
    super(parameter + " " + complaint);
    this.parameter = parameter;
  }

  /** The parameter's name as clients write it, such as {@code top_p}. */
  public String parameter() {
    return parameter;
  }
}
