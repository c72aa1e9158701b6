package org.omnimamba.jobs.config;

import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.net.URI;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * The settings of job-service.
 *
 * @param inferenceUrl where inference-service answers, without a path
 * @param publicUrl the address that clients see, put in front of the links inside webhooks
 * @param api the HTTP side
 * @param queue lease, attempts and tenants' limits
 * @param worker the working side
 * @param results where results are kept
 * @param webhooks sending webhooks
 */
@Validated
@ConfigurationProperties("omnimamba.jobs")
public record JobsProperties(
    @NotNull @DefaultValue("http://localhost:8081") URI inferenceUrl,
    @NotNull @DefaultValue("http://localhost:8080") URI publicUrl,
    @Valid @DefaultValue ApiProperties api,
    @Valid @DefaultValue QueueProperties queue,
    @Valid @DefaultValue WorkerProperties worker,
    @Valid @DefaultValue ResultProperties results,
    @Valid @DefaultValue WebhookProperties webhooks) {}
