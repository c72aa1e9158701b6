package org.omnimamba.jobs.webhook.delivery;

import java.net.URI;
import java.util.List;
import org.omnimamba.jobs.webhook.signing.SigningSecret;

/**
 * One message on its way to one receiver.
 *
 * @param id the {@code webhook-id}, the same for every attempt
 * @param uri where to, already judged by the address policy
 * @param body the exact bytes to send and sign
 * @param secrets the secrets in force, newest first
 */
public record WebhookRequest(String id, URI uri, byte[] body, List<SigningSecret> secrets) {}
