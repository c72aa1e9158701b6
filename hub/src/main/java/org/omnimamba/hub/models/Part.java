package org.omnimamba.hub.models;

import java.io.IOException;
import java.nio.file.Path;

/** A file that a model is made of, wherever it is. */
interface Part {
  /** Says which bytes it has. */
  String id();

  /** Its name without folders. */
  String fileName();

  /** Bytes of all of it. */
  long size();

  /** Bytes that are not here yet. */
  long missingBytes();

  /** Where it stands here, fetched if need be. */
  Path fetch() throws InterruptedException;

  /** Deletes what was fetched. */
  void discard() throws IOException;
}
