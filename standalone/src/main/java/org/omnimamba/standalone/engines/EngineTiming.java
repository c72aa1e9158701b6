package org.omnimamba.standalone.engines;

import java.time.Duration;

/**
 * How an engine's process is watched.
 *
 * @param interval time between two questions to it
 * @param answer patience with one answer
 * @param open time in which its port must be open
 * @param silence time without an answer after which it is killed
 * @param pause before it is started again the first time; doubled each time
 * @param longestPause at most; an engine that was ready for so long begins with the first pause
 * @param stop time in which it must have ended after it was told to
 */
record EngineTiming(
    Duration interval,
    Duration answer,
    Duration open,
    Duration silence,
    Duration pause,
    Duration longestPause,
    Duration stop) {
  static final EngineTiming DEFAULT =
      new EngineTiming(
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          Duration.ofMinutes(1),
          Duration.ofSeconds(1),
          Duration.ofMinutes(1),
          Duration.ofSeconds(30));

  /** Before the start after so many failures in a row, at least 1. */
  Duration pause(int failures) {
    Duration doubled = pause.multipliedBy(1L << Math.min(failures - 1, 20));
    return doubled.compareTo(longestPause) < 0 ? doubled : longestPause;
  }
}
