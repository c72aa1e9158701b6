package org.omnimamba.inference.engine;

/** A request the engine has accepted. */
public interface AcceptedRequest {

  /**
   * Takes the request back. Its slots are free before the next decode step; the listener hears
   * {@link EngineException.Reason#CANCELLED}, unless the request had already ended. May be called
   * from any thread, any number of times.
   */
  void cancel();
}
