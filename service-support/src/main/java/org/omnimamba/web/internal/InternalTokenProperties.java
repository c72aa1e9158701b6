package org.omnimamba.web.internal;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The secret by which services know one another.
 *
 * <p>It is replaced without an outage in three steps: every service gets the new token as a
 * previous one, so that it is accepted everywhere; then it becomes the token and the old one a
 * previous one; then, when the last link that was signed with the old one has expired, the old one
 * is removed.
 *
 * @param internalToken sent with every request to a service, and accepted; 16 to 256 characters
 * @param previousInternalTokens accepted too, never sent; each 16 to 256 characters
 */
@Validated
@ConfigurationProperties("omnimamba")
public record InternalTokenProperties(
    @NotNull @Size(min = 16, max = 256) String internalToken,
    List<@NotNull @Size(min = 16, max = 256) String> previousInternalTokens) {

  public InternalTokenProperties(
      String internalToken, @Nullable List<String> previousInternalTokens) {
    this.internalToken = internalToken;
    this.previousInternalTokens =
        previousInternalTokens == null ? List.of() : List.copyOf(previousInternalTokens);
  }

  /** All accepted tokens, the one that is sent first. */
  public List<String> accepted() {
    List<String> all = new ArrayList<>();
    all.add(internalToken);
    all.addAll(previousInternalTokens);
    return all;
  }

  /** Whether {@code presented} is an accepted token; takes the same time for every wrong one. */
  public boolean accepts(@Nullable String presented) {
    if (presented == null) {
      return false;
    }
    byte[] given = presented.getBytes(UTF_8);
    boolean known = false;
    for (String token : accepted()) {
      known |= MessageDigest.isEqual(token.getBytes(UTF_8), given);
    }
    return known;
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "InternalTokenProperties[internalToken=***, previousInternalTokens="
        + previousInternalTokens.size()
        + "]";
  }
}
