package org.omnimamba.model.sampling;

/** Logits that are NaN or infinite: the model or its weights are broken, no token can be drawn. */
public final class InvalidLogitsException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final int tokenId;

  InvalidLogitsException(int tokenId, float logit) {
    super("the logit of token %d is %s".formatted(tokenId, logit));
    this.tokenId = tokenId;
  }

  /** A device found such a logit and did not say where. */
  public InvalidLogitsException() {
    super("a logit is not a number, or infinite");
    this.tokenId = -1;
  }

  /** The first token with such a logit; -1 if that is not known. */
  public int tokenId() {
    return tokenId;
  }
}
