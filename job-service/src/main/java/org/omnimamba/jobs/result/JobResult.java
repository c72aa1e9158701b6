package org.omnimamba.jobs.result;

import java.util.Map;
import org.omnimamba.queue.job.StoredResult;

/**
 * Everything that a finished job leaves: {@value #RESPONSE}, the answer of inference-service as
 * JSON without its images, and each image as bytes.
 *
 * @param parts by name
 */
public record JobResult(Map<String, StoredResult> parts) {
  /** The name of the JSON answer. */
  public static final String RESPONSE = "response";

  /** The name of the image at an index. */
  public static String image(int index) {
    return "image-" + index;
  }
}
