package org.omnimamba.benchmarks.serving;

/** What the clients of a load ask for. */
enum LoadKind {
  PICTURES("pictures"),
  NEW_PHOTOS("photo + question, every photo new"),
  KNOWN_PHOTOS("photo + question, known photos");

  private final String title;

  LoadKind(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** Requests per second that the engine's parts allow by themselves. */
  double bound(EngineFigures engine, int clients, int tokens) {
    return switch (this) {
      case PICTURES -> engine.boundOfPictures(clients);
      case NEW_PHOTOS -> engine.boundOfNewPhotos(clients, tokens);
      case KNOWN_PHOTOS -> engine.boundOfKnownPhotos(clients, tokens);
    };
  }
}
