package org.omnimamba.jobs.worker;

import org.jspecify.annotations.Nullable;
import org.omnimamba.jobs.result.JobResult;
import org.omnimamba.queue.job.Progress;
import org.omnimamba.web.usage.Usage;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Puts one streamed answer together. Used by one stream, one event after the other. */
interface AnswerCollector {

  /** Adds to the request what makes inference-service stream what is needed here. */
  void prepare(ObjectNode request);

  /** Takes the next event. */
  Step accept(JsonNode event);

  /**
   * The whole answer.
   *
   * @throws BrokenStreamException when the stream ended before the answer did
   */
  JobResult result();

  /** What the whole answer says that it used. */
  Usage usage();

  /**
   * What an event brought besides.
   *
   * @param progress how far the answer has come, or null when the event says nothing about it
   * @param partial a partial image, or null
   */
  record Step(@Nullable Progress progress, @Nullable PartialImage partial) {
    static final Step NONE = new Step(null, null);

    static Step of(Progress progress) {
      return new Step(progress, null);
    }
  }

  /**
   * A picture that is not finished.
   *
   * @param index which picture of the request
   * @param number which of its partial pictures
   * @param bytes the encoded picture
   */
  @SuppressWarnings("ArrayRecordComponent") // handed through once, never compared
  record PartialImage(int index, int number, byte[] bytes) {}
}
