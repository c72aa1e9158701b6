package org.omnimamba.jobs.file;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file that is there.
 *
 * @param id its id
 * @param tenant whose it is
 * @param filename the name that its uploader gave
 * @param purpose what it is for
 * @param bytes its length
 * @param pieces how many pieces hold it
 * @param store which store holds them
 * @param createdAt when its upload began
 * @param expiresAt when it is removed, or null
 */
public record StoredFile(
    UUID id,
    String tenant,
    String filename,
    String purpose,
    long bytes,
    int pieces,
    String store,
    Instant createdAt,
    @Nullable Instant expiresAt) {}
