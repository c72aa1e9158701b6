package org.omnimamba.gateway.keys;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.omnimamba.gateway.access.Scope;
import org.omnimamba.gateway.errors.ApiException;

/**
 * The body of {@code POST /admin/v1/keys}.
 *
 * @param name what the key is for; two live keys may share a name, for rotation
 * @param tenant who pays; {@code default} if absent
 * @param scopes what the key may do; inference and jobs if absent
 * @param expiresAt when it stops working; never if absent
 */
record CreateKeyRequest(
    @JsonProperty("name") @Nullable String name,
    @JsonProperty("tenant") @Nullable String tenant,
    @JsonProperty("scopes") @Nullable List<String> scopes,
    @JsonProperty("expires_at") @Nullable Instant expiresAt) {
  private static final Pattern TENANT = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
  private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}]{1,100}");

  /**
   * The request with its defaults.
   *
   * @throws ApiException 400 naming the first wrong field
   */
  NewKey checked(Instant now) {
    String chosenName = name == null ? "" : name.strip();
    if (!NAME.matcher(chosenName).matches()) {
      throw invalid("name", "name must have 1 to 100 characters.");
    }
    String chosenTenant = tenant == null ? "default" : tenant;
    checkTenant(chosenTenant);
    if (expiresAt != null && !expiresAt.isAfter(now)) {
      throw invalid("expires_at", "expires_at must lie in the future.");
    }
    return new NewKey(chosenTenant, chosenName, chosenScopes(), expiresAt);
  }

  /**
   * Checks the name of a tenant.
   *
   * @throws ApiException 400 when there can be none of that name
   */
  static void checkTenant(String name) {
    if (!TENANT.matcher(name).matches()) {
      throw invalid("tenant", "tenant must be 1 to 64 letters, digits, '_' or '-'.");
    }
  }

  private Set<Scope> chosenScopes() {
    if (scopes == null) {
      return EnumSet.of(Scope.INFERENCE, Scope.JOBS);
    }
    if (scopes.isEmpty()) {
      throw invalid("scopes", "scopes must name at least one of inference, jobs, admin.");
    }
    EnumSet<Scope> chosen = EnumSet.noneOf(Scope.class);
    for (String scope : scopes) {
      chosen.add(
          Scope.ofWireName(scope)
              .orElseThrow(
                  () -> invalid("scopes", "scopes may only name inference, jobs and admin.")));
    }
    return chosen;
  }

  private static ApiException invalid(String field, String message) {
    return ApiException.invalidField(field, "invalid_value", message);
  }
}
