package org.omnimamba.model.graph.mamba;

import org.jspecify.annotations.Nullable;

/** Where a backbone finds and leaves the state of each layer. */
public interface LayerStates {
  /** Starts from nothing and keeps nothing, as training does. */
  LayerStates NONE =
      new LayerStates() {
        @Override
        public @Nullable MixerState before(int layer) {
          return null;
        }

        @Override
        public void after(int layer, MixerState state) {}
      };

  /** The state before the input; null for a start from nothing. */
  @Nullable MixerState before(int layer);

  /** Takes the state after the input. Called once per layer, in order. */
  void after(int layer, MixerState state);
}
