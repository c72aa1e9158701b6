package org.omnimamba.hub;

/** Is told how a fetch goes, by several threads. */
public interface FetchListener {
  /** Hears nothing. */
  FetchListener NONE =
      new FetchListener() {
        @Override
        public void doing(String what) {}

        @Override
        public void transferred(String file, long bytes, long total) {}

        @Override
        public void notice(String text) {}
      };

  /** Something is being done now: {@code checking OmniMamba-1.3b.pth}. */
  void doing(String what);

  /**
   * More of a file is here.
   *
   * @param bytes that are here, with those of earlier runs; fewer than before where it begins anew
   * @param total the file's size
   */
  void transferred(String file, long bytes, long total);

  /** Something that a person should know and that does not stop the fetch. */
  void notice(String text);
}
