package org.omnimamba.hub.download;

/**
 * How a file is cut.
 *
 * @param connections requests at once, 1 to 32
 * @param pieceBytes of one request
 * @param noteBytes after which the progress of a piece is written down
 */
public record TransferSettings(int connections, long pieceBytes, long noteBytes) {
  public static final TransferSettings DEFAULT = new TransferSettings(8, 64 << 20, 4 << 20);

  private static final int MOST_CONNECTIONS = 32;

  public TransferSettings {
    if (connections < 1 || connections > MOST_CONNECTIONS) {
      throw new IllegalArgumentException(
          "connections must be 1 to %d, is %d".formatted(MOST_CONNECTIONS, connections));
    }
    if (pieceBytes < 1 || noteBytes < 1) {
      throw new IllegalArgumentException("a piece has no bytes");
    }
  }

  public TransferSettings withConnections(int value) {
    return new TransferSettings(value, pieceBytes, noteBytes);
  }
}
