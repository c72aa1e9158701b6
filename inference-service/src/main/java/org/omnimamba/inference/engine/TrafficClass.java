package org.omnimamba.inference.engine;

/** Who waits for an answer. */
public enum TrafficClass {
  /** A person or a program that holds a connection open. */
  INTERACTIVE,
  /** A durable job, which can wait. */
  JOB
}
