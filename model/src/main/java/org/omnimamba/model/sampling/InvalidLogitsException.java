package org.omnimamba.model.sampling;

/** Logits that are NaN or infinite: the model or its weights are broken, no token can be drawn. */
public final class InvalidLogitsException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final int tokenId;

  InvalidLogitsException(int tokenId, float logit) {
    super("the logit of token %d is %s".formatted(tokenId, logit));
    this.tokenId = tokenId;
  }

  /** The first token with such a logit. */
  public int tokenId() {
    return tokenId;
  }
}
