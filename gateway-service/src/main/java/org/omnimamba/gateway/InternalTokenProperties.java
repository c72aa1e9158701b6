package org.omnimamba.gateway;

import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.validation.annotation.Validated;

/**
 * The secret that services behind the gateway ask for.
 *
 * @param internalToken sent with every request to a service; at least 16 characters
 */
@Validated
@ConfigurationProperties("omnimamba")
public record InternalTokenProperties(@NotNull @Size(min = 16, max = 256) String internalToken) {}
