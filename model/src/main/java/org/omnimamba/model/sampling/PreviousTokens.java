package org.omnimamba.model.sampling;

/** The tokens that a repetition penalty applies to; a token that stands there twice counts once. */
public interface PreviousTokens {
  /** No token. */
  PreviousTokens NONE =
      new PreviousTokens() {
        @Override
        public int count() {
          return 0;
        }

        @Override
        public int id(int index) {
          throw new IndexOutOfBoundsException(index);
        }
      };

  /** How many there are. */
  int count();

  /** One of them; ids outside the vocabulary are passed over. */
  int id(int index);
}
