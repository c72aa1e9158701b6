package org.omnimamba.jobs.batch;

import java.util.UUID;

/**
 * A batch to be made, its values checked.
 *
 * @param endpoint the path that all requests go to
 * @param inputFile the file with the requests
 * @param metadata a JSON object
 * @param outputSeconds how long the output files are kept
 */
public record NewBatch(String endpoint, UUID inputFile, String metadata, int outputSeconds) {}
