package org.omnimamba.inference.images;

import java.util.ArrayList;
import java.util.List;
import org.omnimamba.inference.api.GenerationEvent.Token;

/** The ids generated so far, per picture. */
final class TokenLists {
  private final List<List<Integer>> ids = new ArrayList<>();

  TokenLists(int sequences) {
    for (int index = 0; index < sequences; index++) {
      ids.add(new ArrayList<>());
    }
  }

  void add(Token token) {
    ids.get(token.index()).add(token.token().id());
  }

  List<Integer> of(int index) {
    return List.copyOf(ids.get(index));
  }

  int count(int index) {
    return ids.get(index).size();
  }

  int[] counts() {
    return ids.stream().mapToInt(List::size).toArray();
  }
}
